package api

import (
	"reflect"
	"testing"

	"recado/internal/account"
	"recado/internal/auth"
)

func TestSchemaName(t *testing.T) {
	for _, c := range []struct {
		of   reflect.Type
		want string
	}{
		{reflect.TypeFor[Me](), "Me"},
		{reflect.TypeFor[*auth.Session](), "AuthSession"},
		{reflect.TypeFor[Session](), "Session"},
		{reflect.TypeFor[Page[account.Member]](), "PageAccountMember"},
		{reflect.TypeFor[Page[Member]](), "PageMember"},
		{reflect.TypeFor[Items[auth.Key]](), "ItemsAuthKey"},
		{reflect.TypeFor[string](), "String"},
		{reflect.TypeFor[struct{ A int }](), "Hint"},
	} {
		if got := schemaName(c.of, "hint"); got != c.want {
			t.Errorf("%s is called %s, want %s", c.of, got, c.want)
		}
	}
}
