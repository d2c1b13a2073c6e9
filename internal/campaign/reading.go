package campaign

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"

	"recado/internal/channel"
	"recado/internal/contact"
	"recado/internal/db"
	"recado/internal/sheet"
)

const (
	batchRows = 512 // rows judged together
	judges    = 2   // goroutines that judge; the order of rows is kept
	ahead     = 4   // batches read before they are counted: what bounds the memory
)

// batch is some rows of the sheet with what they came to.
type batch struct {
	numbers  []int
	cells    []string // of all rows, one after the other
	ends     []int    // where the cells of each row end
	troubles []*Problem
	verdicts []verdict
	part     float64 // of the file read so far
	err      error
	judged   chan struct{}
}

func (b *batch) row(i int) []string {
	start := 0
	if i > 0 {
		start = b.ends[i-1]
	}
	return b.cells[start:b.ends[i]]
}

// reading reads a sheet once: rows go through judges in parallel and come out in their order.
type reading struct {
	room      *Room
	workspace db.ID
	campaign  Campaign
	catalog   *catalog
	keep      bool // give the values of ready rows
}

// run gives every batch to take, in order. It ends with the sheet, the first error, or ctx.
func (rd reading) run(ctx context.Context, in source, take func(*batch) error) error {
	ctx, cancel := context.WithCancel(ctx)
	work, order := make(chan *batch), make(chan *batch, ahead)
	free := make(chan *batch, ahead+judges+1)
	var wait sync.WaitGroup
	defer wait.Wait()
	defer cancel()
	wait.Go(func() {
		defer close(order)
		defer close(work)
		rd.read(ctx, in, work, order, free)
	})
	for range judges {
		j := newJudge(rd.catalog, rd.campaign)
		j.keep = rd.keep
		wait.Go(func() {
			for b := range work {
				b.err = errors.Join(b.err, rd.judge(ctx, j, b))
				close(b.judged)
			}
		})
	}
	for b := range order {
		select {
		case <-b.judged:
		case <-ctx.Done():
			return ctx.Err()
		}
		if len(b.numbers) > 0 {
			if err := take(b); err != nil {
				return err
			}
		}
		if b.err != nil {
			return b.err
		}
		select {
		case free <- b:
		default:
		}
	}
	return ctx.Err()
}

// read fills batches until the sheet ends; its error travels in the last one.
func (rd reading) read(ctx context.Context, in source, work, order chan<- *batch, free <-chan *batch) {
	for {
		var b *batch
		select {
		case b = <-free:
			b.reset()
		default:
			b = &batch{}
		}
		b.judged = make(chan struct{})
		err := rd.fill(in, b)
		if err != nil && err != io.EOF {
			b.err = sheet.Fault(err)
		}
		select {
		case order <- b:
		case <-ctx.Done():
			return
		}
		select {
		case work <- b:
		case <-ctx.Done():
			return
		}
		if err != nil {
			return
		}
	}
}

func (b *batch) reset() {
	clear(b.cells)
	clear(b.verdicts)
	b.numbers, b.cells, b.ends, b.troubles, b.verdicts, b.err = b.numbers[:0], b.cells[:0], b.ends[:0], b.troubles[:0], b.verdicts[:0], nil
}

func (rd reading) fill(in source, b *batch) error {
	for len(b.numbers) < batchRows {
		row, err := in.Next()
		if err != nil {
			return err
		}
		b.numbers = append(b.numbers, row.Number)
		b.cells = append(b.cells, row.Cells...)
		b.ends = append(b.ends, len(b.cells))
		b.troubles = append(b.troubles, rd.trouble(row))
	}
	b.part = in.Progress()
	return nil
}

// trouble is what is wrong with a row before anybody looks at its cells.
func (rd reading) trouble(row line) *Problem {
	if row.takenOut {
		return problem("row", RowTakenOut)
	}
	if row.Surplus {
		return problem("row", RowTooManyCells)
	}
	for _, column := range row.Uncalculated {
		if column < len(rd.campaign.Audience.Headers) && rd.uses(rd.campaign.Audience.Headers[column]) {
			return problem("row", RowUncalculated, "column", rd.campaign.Audience.Headers[column])
		}
	}
	return nil
}

// uses tells whether a column counts for the campaign.
func (rd reading) uses(header string) bool {
	c := rd.campaign.Audience.Columns
	if slices.Contains([]string{c.Phone, c.Sender, c.Template, c.Language, c.AgentEmail, c.Queue, c.Name}, header) {
		return true
	}
	for _, h := range c.Variables {
		if h == header {
			return true
		}
	}
	return false
}

func (rd reading) judge(ctx context.Context, j *judge, b *batch) error {
	if cap(b.verdicts) < len(b.numbers) {
		b.verdicts = make([]verdict, 0, batchRows)
	}
	b.verdicts = b.verdicts[:len(b.numbers)]
	for i := range b.numbers {
		v := &b.verdicts[i]
		*v = verdict{number: b.numbers[i], sender: -1, problem: b.troubles[i]}
		if v.problem == nil {
			j.person(v, b.row(i))
		}
	}
	known, err := rd.contacts(ctx, j, b.verdicts)
	if err != nil {
		return err
	}
	for i := range b.verdicts {
		if v := &b.verdicts[i]; v.problem == nil {
			if err := j.content(ctx, v, b.row(i), known[v.phone.Key]); err != nil {
				return err
			}
			v.zones = contact.ZonesOf(v.phone.E164)
		}
	}
	if j.limit.On {
		return rd.cap(ctx, j, b.verdicts)
	}
	return nil
}

const knownByPhone = `select i.identity_key, c.name, c.attributes_json from identities i join contacts c on c.id = i.contact_id
	where i.workspace_id = $1 and i.channel = $2 and i.kind = 'phone' and i.identity_key in ({texts:$3})`

// contacts reads the stored fields of the people in a batch, when a value comes from one.
func (rd reading) contacts(ctx context.Context, j *judge, verdicts []verdict) (map[string]*knownContact, error) {
	if !j.fields {
		return nil, nil
	}
	keys := make([]string, 0, len(verdicts))
	for _, v := range verdicts {
		if v.problem == nil {
			keys = append(keys, v.phone.Key)
		}
	}
	type stored struct {
		Key        string `db:"identity_key"`
		Name       string `db:"name"`
		Attributes string `db:"attributes_json"`
	}
	rows, err := db.All[stored](ctx, rd.room.d, knownByPhone, rd.workspace, string(channel.WhatsApp), db.Texts(keys))
	if err != nil {
		return nil, fmt.Errorf("contacts of a sheet: %w", err)
	}
	known := make(map[string]*knownContact, len(rows))
	for _, s := range rows {
		k := &knownContact{name: s.Name}
		if err := decode(s.Attributes, &k.attributes); err != nil {
			return nil, fmt.Errorf("attributes of a contact: %w", err)
		}
		known[s.Key] = k
	}
	return known, nil
}
