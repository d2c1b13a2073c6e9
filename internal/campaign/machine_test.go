package campaign_test

import (
	"context"
	"errors"
	"testing"

	"recado/internal/campaign"
	"recado/internal/channel"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/event"
	"recado/internal/fault"
	"recado/internal/inbox"

	"pgregory.net/rapid"
)

// TestMachine does anything to a campaign, in any order: what its author asks for, what happens to its number and template, what the
// provider answers, processes that die before their commit. Its state moves only as the table says, each person has one message at
// most and stands in one figure, and nothing leaves while it is paused or over.
func TestMachine(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		aviso := w.template(accountOne, "aviso", "es")
		var after followed
		rapid.Check(t, func(rt *rapid.T) {
			m := &machine{world: w, rt: rt, after: &after}
			m.mend()
			m.id = w.draft(people(7), w.toAll(aviso, w.ventas.ID)).ID
			m.state = campaign.Draft
			rt.Repeat(map[string]func(*rapid.T){
				"edit": m.edit, "check": m.check, "send": m.send, "schedule": m.schedule, "pause": m.pause, "resume": m.resume, "cancel": m.cancel,
				"work": m.work, "die": m.die, "take": m.take, "refuse": m.refuseSome, "refuse later": m.refuseLater, "break": m.breakNumber, "mend": m.mendNumber, "": m.look,
			})
			_, _ = w.room.Cancel(t.Context(), w.owner, m.id) // leaves nothing for the next
			_ = w.claim(w.ventas.ID)
		})
	})
}

// machine is one campaign and what is known of it.
type machine struct {
	*world
	rt    *rapid.T
	id    db.ID
	state campaign.State
	after *followed
}

// followed are the facts the room was told of.
type followed struct {
	cursor event.Cursor
	newest int64 // when it was told
}

// asked is for verbs that the state may refuse, in words.
func (m *machine) asked(err error) {
	if err != nil && fault.KindOf(err) == fault.Internal {
		m.rt.Fatalf("%v", err)
	}
}

func (m *machine) edit(*rapid.T) {
	name := "Otra"
	_, err := m.room.Update(m.t.Context(), m.owner, m.id, campaign.Change{Name: &name, Route: &campaign.Route{Target: campaign.ToNotify}})
	m.asked(err)
}

func (m *machine) check(*rapid.T) {
	_, err := m.room.Check(m.t.Context(), m.owner, m.id)
	m.asked(err)
}

func (m *machine) send(*rapid.T) {
	_, err := m.room.Send(m.t.Context(), m.owner, m.id, 0)
	m.asked(err)
}

func (m *machine) schedule(*rapid.T) {
	at := m.d.Now() + 60_000
	_, err := m.room.Update(m.t.Context(), m.owner, m.id, campaign.Change{ScheduledAt: &at})
	m.asked(err)
}

func (m *machine) pause(*rapid.T) { m.asked(second(m.room.Pause(m.t.Context(), m.owner, m.id))) }

func (m *machine) resume(*rapid.T) { m.asked(second(m.room.Resume(m.t.Context(), m.owner, m.id))) }

func (m *machine) cancel(rt *rapid.T) {
	if rapid.IntRange(0, 3).Draw(rt, "really") == 0 { // else most runs would end early
		m.asked(second(m.room.Cancel(m.t.Context(), m.owner, m.id)))
	}
}

// work does what Run would do now.
func (m *machine) work(*rapid.T) { m.works(false) }

// die does the same and loses it before the commit.
func (m *machine) die(*rapid.T) { m.works(true) }

func (m *machine) works(die bool) {
	ctx, c := m.t.Context(), m.get(m.id)
	var err error
	switch {
	case c.State == campaign.Checking:
		err = m.room.ReadCheck(ctx, m.workspace, m.id)
	case c.State == campaign.Scheduled:
		m.must(m.d.Write(ctx, exec("update campaigns set scheduled_at = 1 where id = $1", m.id)))
		err = m.room.Start(ctx, m.workspace, m.id)
	case c.State == campaign.Sending && c.StartedAt == 0:
		err = m.room.Freeze(ctx, m.workspace, m.id)
	case c.State == campaign.Sending:
		err = m.room.Step(ctx, m.workspace, m.id, die)
	}
	if err != nil && !errors.Is(err, campaign.ErrDied) {
		m.rt.Fatalf("working on a campaign that is %s: %v", c.State, err)
	}
}

// claimed takes some of what may leave; nothing may while the campaign is not sending.
func (m *machine) claimed(rt *rapid.T) (out []conversation.Outgoing) {
	before := m.get(m.id)
	out = m.claimSome(m.ventas.ID, rapid.IntRange(1, 4).Draw(rt, "messages"))
	if len(out) > 0 && before.State != campaign.Sending {
		rt.Fatalf("%d messages leave a campaign that is %s", len(out), before.State)
	}
	return out
}

func (m *machine) take(rt *rapid.T) { m.accept(m.claimed(rt)) }

var refusals = []channel.Class{channel.BadRequest, channel.RecipientNever, channel.LimitReached, channel.PairThrottle, channel.NumberThrottle, channel.TemplateDown, channel.AccountBlocked}

func (m *machine) refuseSome(rt *rapid.T) {
	class := rapid.SampledFrom(refusals).Draw(rt, "class")
	var outcomes []conversation.Outcome
	for _, out := range m.claimed(rt) {
		outcomes = append(outcomes, conversation.Outcome{Message: out.Message, Failure: &channel.Failure{Class: class, Code: 1}})
	}
	m.must(m.d.Write(m.t.Context(), func(ctx context.Context, tx *db.Tx) error { return m.conversations.SettleIn(ctx, tx, outcomes) }))
	m.heard()
}

// refuseLater has the provider refuse what it took.
func (m *machine) refuseLater(rt *rapid.T) {
	ids, err := db.All[db.ID](m.t.Context(), m.d, "select id from messages where campaign_id = $1 and status = 40 order by id limit 2", m.id)
	m.must(err)
	class := rapid.SampledFrom(refusals).Draw(rt, "class")
	news := make([]conversation.StatusChange, len(ids))
	for i, id := range ids {
		news[i] = conversation.StatusChange{Workspace: m.workspace, Inbox: m.ventas.ID, Message: id, ExternalID: "wamid." + id.String(), Status: conversation.Failed,
			At: m.d.Now(), Failure: &channel.Failure{Class: class, Code: 1}}
	}
	m.must(m.d.Write(m.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := m.conversations.ApplyStatusesIn(ctx, tx, news)
		return err
	}))
	m.heard()
}

// heard lets the room follow the facts, and those who wait for their next try have their turn.
func (m *machine) heard() {
	const last = "select coalesce(max(seq), 0) from events"
	if m.count(last) > m.after.newest {
		m.after.cursor = m.follow(m.after.cursor)
		m.after.newest = m.count(last)
	}
	m.due()
}

func (m *machine) breakNumber(*rapid.T) {
	m.must(m.inboxes.SetStatus(m.t.Context(), m.ventas.ID, inbox.Disconnected, 190))
	m.heard()
}

func (m *machine) mendNumber(*rapid.T) { m.mend() }

func (m *machine) mend() {
	m.must(m.inboxes.SetStatus(m.t.Context(), m.ventas.ID, inbox.Connected, 0))
}

// look is what holds after every step.
func (m *machine) look(rt *rapid.T) {
	c := m.get(m.id)
	if c.State != m.state && !reachable(m.state, c.State) {
		moves, err := m.room.Moves(m.t.Context(), m.owner, m.id)
		rt.Fatalf("from %s to %s: %+v %v", m.state, c.State, moves, err)
	}
	m.state = c.State
	if twice := m.count("select count(*) from (select 1 from messages where campaign_id = $1 group by contact_id having count(*) > 1) x", m.id); twice != 0 {
		rt.Fatalf("%d people have two messages", twice)
	}
	p, err := m.room.Recount(m.t.Context(), m.workspace, m.id)
	m.must(err)
	n := p.Counts
	if sum := n.Waiting + n.Queued + n.Unconfirmed + n.Accepted + n.Sent + n.Delivered + n.Read + n.Failed + n.LeftOut; sum != n.Recipients || c.StartedAt != 0 && n.Recipients != 7 {
		rt.Fatalf("%s: %+v", c.State, n)
	}
	switch {
	case c.State == campaign.Done && n.Waiting+n.Queued > 0:
		rt.Fatalf("done with %+v", n)
	case (c.State == campaign.Draft || c.State == campaign.Ready || c.State == campaign.Checking || c.State == campaign.Scheduled) && n.Recipients > 0:
		rt.Fatalf("%s with %+v", c.State, n)
	}
}

// reachable follows a few moves, since one step may make several (a check ends where it began, a campaign fails while it starts).
func reachable(from, to campaign.State) bool {
	all := []campaign.State{campaign.Draft, campaign.Checking, campaign.Ready, campaign.Scheduled, campaign.Sending, campaign.Paused, campaign.Done, campaign.Cancelled, campaign.Failed}
	for _, between := range all {
		if campaign.Reachable(from, to) || campaign.Reachable(from, between) && campaign.Reachable(between, to) {
			return true
		}
	}
	return false
}
