package campaign

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"

	"recado/internal/channel"
	"recado/internal/contact"
	"recado/internal/db"
)

// tally counts each row of a sheet once, in the order of the sheet: taken out, else error, else duplicate, else opted out or blocked, else capped, else ready.
type tally struct {
	catalog *catalog
	seen    *numberSet
	barred  *numberSet     // numbers of people who are not written to, with their contact.Bar in place of a row
	dense   map[int]uint64 // sender's place in the catalog → its number among those of the sheet, from 1

	read, ready, errors, duplicates, optedOut, capped, takenOut int64

	senders   map[int]int64
	templates map[*wording]int64
	reasons   map[string]*ReasonCount
	reach     map[reachKey]int64
	targets   map[targetKey]int64
}

func newTally(cat *catalog, barred *numberSet, expected int) *tally {
	return &tally{catalog: cat, barred: barred, seen: newNumberSet(expected), dense: map[int]uint64{}, senders: map[int]int64{},
		templates: map[*wording]int64{}, reasons: map[string]*ReasonCount{}, reach: map[reachKey]int64{}, targets: map[targetKey]int64{}}
}

// count puts a row where it belongs and gives a row that is left out its reason.
func (t *tally) count(v *verdict) {
	t.read++
	switch {
	case v.isTakenOut():
		t.takenOut++
		return
	case v.problem != nil:
		t.errors++
	case t.isDuplicate(v):
		t.duplicates++
	case t.barred.has(numberOf(v.phone.Key)):
		v.problem = barProblem(contact.Bar(t.barred.row(numberOf(v.phone.Key))))
		t.optedOut++
	case v.capped:
		v.problem = problem("phone", RowCapped)
		t.capped++
	default:
		t.ready++
		t.senders[v.sender]++
		if v.wording != nil {
			t.templates[v.wording]++
		}
		t.reaches(v)
		return
	}
	reason, known := t.reasons[v.problem.Code]
	if !known {
		reason = &ReasonCount{Problem: *v.problem}
		t.reasons[v.problem.Code] = reason
	}
	reason.Count++
}

// isDuplicate tells whether the same person was in the sheet before with the same sender, however the number is written.
func (t *tally) isDuplicate(v *verdict) bool {
	n, known := t.dense[v.sender]
	if !known {
		n = uint64(len(t.dense)) + 1
		t.dense[v.sender] = n
	}
	first, twice := t.seen.add(n*senderStep+numberOf(v.phone.Key), uint32(v.number))
	if twice {
		v.problem = problem("phone", RowDuplicate, "row", strconv.Itoa(int(first)))
	}
	return twice
}

// into writes the counts into a check.
func (t *tally) into(c *Check) {
	c.Read, c.Ready, c.Errors, c.Duplicates, c.OptedOut, c.Capped, c.TakenOut = t.read, t.ready, t.errors, t.duplicates, t.optedOut, t.capped, t.takenOut
	c.Senders, c.Templates, c.Reasons = []SenderCount{}, []TemplateCount{}, []ReasonCount{}
	for place, n := range t.senders {
		if place < 0 {
			continue
		}
		s := t.catalog.senders[place]
		c.Senders = append(c.Senders, SenderCount{Inbox: s.ID, Label: s.Label, Address: s.Address, Quality: s.Quality, Count: n})
	}
	for w, n := range t.templates {
		c.Templates = append(c.Templates, TemplateCount{Template: w.ID, Name: w.Name, Language: w.Language, Category: w.Category, Quality: w.Quality, Count: n})
	}
	for _, reason := range t.reasons {
		c.Reasons = append(c.Reasons, *reason)
	}
	slices.SortFunc(c.Senders, func(a, b SenderCount) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Label, b.Label))
	})
	slices.SortFunc(c.Templates, func(a, b TemplateCount) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Template, b.Template))
	})
	slices.SortFunc(c.Reasons, func(a, b ReasonCount) int { return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Code, b.Code)) })
}

const barredPage = 20_000

const barredPhones = `select c.id, c.bar, coalesce(i.identity_key, '') as identity_key from (
	select id, case when blocked_at is not null then 2 else 1 end as bar from contacts
	where workspace_id = $1 and id > $2 and (opted_out_at is not null or blocked_at is not null) order by id limit $3) c
	left join identities i on i.contact_id = c.id and i.channel = $4 and i.kind = 'phone' order by c.id`

// barred loads the numbers of everybody who is not written to first, and why: 12 bytes each, so that a sheet of a million rows asks
// the database once per page and not once per row.
func (r *Room) barred(ctx context.Context, workspace db.ID) (*numberSet, error) {
	type person struct {
		ID  db.ID       `db:"id"`
		Bar contact.Bar `db:"bar"`
		Key string      `db:"identity_key"`
	}
	set := newNumberSet(0)
	after := int64(0)
	for {
		page, err := db.All[person](ctx, r.d, barredPhones, workspace, after, barredPage, string(channel.WhatsApp))
		if err != nil {
			return nil, fmt.Errorf("barred contacts: %w", err)
		}
		for _, p := range page {
			if n := numberOf(p.Key); n != 0 {
				set.add(n, uint32(p.Bar))
			}
		}
		if len(page) == 0 {
			return set, nil
		}
		after = int64(page[len(page)-1].ID)
	}
}
