package campaign

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"recado/internal/db"
)

// counted is whom the ready rows of a sheet reach, counted while it is checked: what a dry run needs without reading it again.
type counted struct {
	Groups  []reachGroup  `json:"groups"`
	Targets []ReachTarget `json:"targets"` // where rows name who gets the reply
}

// reachGroup are rows that go out alike.
type reachGroup struct {
	Inbox    db.ID  `json:"inbox_id"`
	Template db.ID  `json:"template_id"`
	Zones    string `json:"zones"`
	Country  string `json:"country"`
	N        int64  `json:"n"`
}

// ReachTarget is an agent or a queue that rows name, with how many do: the tickets they get if everybody answers.
type ReachTarget struct {
	Target string `json:"target"` // ToAgent or ToQueue
	ID     db.ID  `json:"id"`
	Name   string `json:"name"`
	People int64  `json:"people"`
}

type reachKey struct {
	sender  int
	wording *wording
	zones   string
	country string
}

type targetKey struct {
	target string
	id     db.ID
}

// reaches counts a ready row.
func (t *tally) reaches(v *verdict) {
	t.reach[reachKey{v.sender, v.wording, v.zones, v.phone.Country}]++
	if v.target != "" {
		t.targets[targetKey{v.target, v.agent + v.queue}]++
	}
}

// reached gives what was counted, the largest first.
func (t *tally) reached() counted {
	out := counted{Groups: []reachGroup{}, Targets: []ReachTarget{}}
	for key, n := range t.reach {
		if key.sender < 0 || key.wording == nil {
			continue
		}
		out.Groups = append(out.Groups, reachGroup{Inbox: t.catalog.senders[key.sender].ID, Template: key.wording.ID, Zones: key.zones, Country: key.country, N: n})
	}
	names := t.catalog.agents.names()
	for key, n := range t.targets {
		one := ReachTarget{Target: key.target, ID: key.id, Name: names[key.id], People: n}
		if key.target == ToQueue {
			one.Name = t.catalog.queueByID[key.id].Name
		}
		out.Targets = append(out.Targets, one)
	}
	slices.SortFunc(out.Groups, func(a, b reachGroup) int {
		return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Inbox, b.Inbox), cmp.Compare(a.Template, b.Template), cmp.Compare(a.Zones, b.Zones), cmp.Compare(a.Country, b.Country))
	})
	slices.SortFunc(out.Targets, func(a, b ReachTarget) int {
		return cmp.Or(cmp.Compare(b.People, a.People), cmp.Compare(a.Name, b.Name))
	})
	return out
}

// names gives the names of the agents that were found.
func (b *agentBook) names() map[db.ID]string {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := map[db.ID]string{}
	for _, a := range b.known {
		out[a.agent.User] = cmp.Or(a.agent.Name, a.agent.Email)
	}
	return out
}

func (r *Room) reachOf(ctx context.Context, workspace, id db.ID) (out counted, err error) {
	text, err := db.One[string](ctx, r.d, "select reach_json from campaigns where workspace_id = $1 and id = $2", workspace, id)
	if err == nil && text != "" {
		err = decode(text, &out)
	}
	if err != nil {
		return out, fmt.Errorf("reach of campaign %d: %w", id, err)
	}
	return out, nil
}
