package campaign

import (
	"context"
	"unicode/utf8"

	"recado/internal/account"
	"recado/internal/db"
	"recado/internal/fault"
	"recado/internal/words"
)

// OriginTest is one message of a campaign, sent to a number its author typed to see it. Lists and reports leave it out unless they are
// asked for it.
const OriginTest = "test"

// Try is a test of a campaign: its message, with the values of a row, to a number.
type Try struct {
	Campaign db.ID
	Phone    string // as people write it
	Row      int64  // the first ready row from this one on
	Key      string // made by the caller: the same one is done once; "": always done
}

// SendTest sends the message of a campaign once, with the values of a row, to a number that need not be in it. Every rule of an active
// message holds: opt-outs, the cap on messages to a person, the number's limits and quiet hours. Who answers is put to who sent it.
//
// It fails with Forbidden as Send does, with Invalid "campaign.test_row" when no row from Row on is ready, and as SendActive for the
// number, the template or the person.
func (r *Room) SendTest(ctx context.Context, actor account.Actor, try Try) (Sent, error) {
	for _, refused := range []error{actor.Can(account.Campaigns, account.Edit), actor.Has(account.Broadcast)} {
		if refused != nil {
			return Sent{}, refused
		}
	}
	c, err := r.get(ctx, actor.Workspace, try.Campaign)
	if err != nil {
		return Sent{}, err
	}
	m := Active{Name: testName(actor.Locale, c.Name), People: []ActivePerson{{Phone: try.Phone}}, Key: try.Key, Values: map[string]Source{}}
	err = r.walk(ctx, actor, c.ID, func(ctx context.Context, j *judge, v *verdict, cells []string) (bool, error) {
		if int64(v.number) < try.Row {
			return true, nil
		}
		if err := judgeRow(ctx, r, actor.Workspace, j, v, cells); err != nil {
			return false, err
		}
		if v.problem != nil || v.sender < 0 || v.wording == nil {
			return true, nil
		}
		m.Inbox, m.Template = j.senders[v.sender].ID, v.wording.ID
		return false, r.valuesOf(ctx, actor.Workspace, j, v, cells, m.Values)
	})
	if err != nil {
		return Sent{}, err
	}
	if m.Inbox == 0 {
		return Sent{}, fault.New(fault.Invalid, "campaign.test_row", "No row can be sent yet. Finish audience and message first.").On("row")
	}
	s := &activeSending{room: r, actor: actor, m: m, origin: OriginTest, fingerprint: fingerprintOf(m)}
	return s.run(ctx)
}

// valuesOf writes the values of a row's template as fixed texts.
func (r *Room) valuesOf(ctx context.Context, workspace db.ID, j *judge, v *verdict, cells []string, into map[string]Source) error {
	known, err := reading{room: r, workspace: workspace}.contacts(ctx, j, []verdict{{phone: v.phone}})
	if err != nil {
		return err
	}
	for _, p := range j.plan(v.wording) {
		if text := p.text(cells, known[v.phone.Key]); text != "" {
			into[p.need.key] = Source{Text: text}
		}
	}
	return nil
}

// testName is what a test is called, short enough for a name.
func testName(locale, name string) string {
	text := words.Say(locale, "campaign.test_name", map[string]any{"name": name})
	for utf8.RuneCountInString(text) > maxName {
		_, size := utf8.DecodeLastRuneInString(text)
		text = text[:len(text)-size]
	}
	return text
}
