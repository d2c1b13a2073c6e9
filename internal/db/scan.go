package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
)

// ErrNone is what One and Value return when no row matches.
var ErrNone = sql.ErrNoRows

// None tells whether err says that no row matched.
func None(err error) bool { return errors.Is(err, sql.ErrNoRows) }

// All reads every row into a T: a struct whose fields carry `db:"column"` tags (embedded structs are looked into), or a
// single-column type. Columns without a field are an error, so that a typo is found by the first test.
func All[T any](ctx context.Context, q Querier, text string, args ...any) ([]T, error) {
	rows, err := q.rows(ctx, text, args)
	if err != nil {
		return nil, fmt.Errorf("query: %w", err)
	}
	defer rows.Close()
	out := []T{}
	scan, err := scanner[T](rows)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var item T
		if err := rows.Scan(scan(&item)...); err != nil {
			return nil, fmt.Errorf("scan: %w", err)
		}
		out = append(out, item)
	}
	return out, rows.Err()
}

// One reads the first row; ErrNone when there is none.
func One[T any](ctx context.Context, q Querier, text string, args ...any) (T, error) {
	all, err := All[T](ctx, q, text, args...)
	if err != nil || len(all) == 0 {
		var none T
		if err == nil {
			err = ErrNone
		}
		return none, err
	}
	return all[0], nil
}

// scanner tells where the columns of rows go inside a T.
func scanner[T any](rows *sql.Rows) (func(*T) []any, error) {
	var zero T
	t := reflect.TypeOf(&zero).Elem()
	if t.Kind() != reflect.Struct || isScalar(t) {
		return func(item *T) []any { return []any{item} }, nil
	}
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	fields := fieldsOf(t)
	paths := make([][]int, len(columns))
	for i, column := range columns {
		path, ok := fields[strings.ToLower(column)]
		if !ok {
			return nil, fmt.Errorf("%s has no field for column %q", t, column)
		}
		paths[i] = path
	}
	into := make([]any, len(paths))
	return func(item *T) []any {
		v := reflect.ValueOf(item).Elem()
		for i, path := range paths {
			into[i] = v.FieldByIndex(path).Addr().Interface()
		}
		return into
	}, nil
}

var scannerType = reflect.TypeFor[sql.Scanner]()

func isScalar(t reflect.Type) bool { return reflect.PointerTo(t).Implements(scannerType) }

var fieldCache sync.Map // reflect.Type -> map[string][]int

func fieldsOf(t reflect.Type) map[string][]int {
	if known, ok := fieldCache.Load(t); ok {
		return known.(map[string][]int)
	}
	fields := map[string][]int{}
	for _, f := range reflect.VisibleFields(t) {
		if tag := f.Tag.Get("db"); tag != "" && tag != "-" {
			fields[tag] = f.Index
		}
	}
	fieldCache.Store(t, fields)
	return fields
}
