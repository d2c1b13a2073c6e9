package campaign

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"recado/internal/account"
	"recado/internal/channel"
	"recado/internal/contact"
	"recado/internal/db"
	"recado/internal/fault"
	"recado/internal/inbox"
	"recado/internal/template"
)

// Origins of a campaign: where it was made (B75).
const (
	OriginWizard = "wizard"
	OriginDesk   = "desk" // an agent wrote to a few people
	OriginAPI    = "api"
)

// MaxActive bounds the people one call writes to. What an agent may is a setting of the number, not above it.
const MaxActive = inbox.MaxActivePeople

// Active is one message to a few people, without a sheet: from the desk or by an API call (B73).
type Active struct {
	Name     string // "": the template's name
	Inbox    db.ID
	Template db.ID
	Values   map[string]Source // by variable, for everybody; a column says nothing here
	People   []ActivePerson
	Route    Route  // no target: who writes, when an agent of the number (X14); else whoever meets new tickets
	Key      string // made by the caller: the same one is done once; "": always done
}

// ActivePerson is whom to write to: a contact, or a phone number as people write it.
type ActivePerson struct {
	Contact db.ID
	Phone   string
	Name    string            // kept when the contact has none
	Values  map[string]string // by variable, before those for everybody
}

// Sent is what became of an Active.
type Sent struct {
	Campaign db.ID        `json:"campaign_id"`
	People   []SentPerson `json:"people"` // in the order asked
}

// SentPerson is one of the people of an Active: in line to be written to, or left out with the reason.
type SentPerson struct {
	Phone        string   `json:"phone"` // as printed for people; "" when it is none
	Contact      db.ID    `json:"contact_id"`
	Conversation db.ID    `json:"conversation_id"`
	Problem      *Problem `json:"problem,omitempty"`
}

// SendActive writes to a few people at once. It is a campaign like any other (consent, numbers, templates, reply route, results),
// whose audience is named instead of read; each person is judged as a row of a sheet is. Those who cannot be written to are left out
// with the reason; when nobody is left it fails with the first reason and nothing is kept.
//
// A call with a Key that was used before does nothing and gives the first answer. It fails with Conflict "active.key_used" when
// something else was asked with that key, with Conflict "campaign.no_number" while no number is connected
// (A07), with Invalid "active.people" for too many people (a person's limit is in ActiveLimits, a
// key's MaxActive), with Forbidden "active.not_here" for a person where the number allows none, with Invalid "template.inactive" for a person whose number does not have the template in use, and as Send for a number,
// template or route that cannot be used.
func (r *Room) SendActive(ctx context.Context, actor account.Actor, m Active) (Sent, error) {
	if err := r.mayActive(ctx, actor, m); err != nil {
		return Sent{}, err
	}
	s := &activeSending{room: r, actor: actor, m: m, fingerprint: fingerprintOf(m)}
	return s.run(ctx)
}

// run does it once for each key.
func (s *activeSending) run(ctx context.Context) (Sent, error) {
	if first, found, err := s.sentBefore(ctx, s.room.d); err != nil || found {
		return first, err
	}
	if err := s.prepare(ctx); err != nil {
		return Sent{}, err
	}
	if err := s.judge(ctx); err != nil {
		return Sent{}, err
	}
	return s.keep(ctx)
}

func (r *Room) mayActive(ctx context.Context, actor account.Actor, m Active) error {
	if err := actor.Has(account.Reply); err != nil {
		return err
	}
	limit, err := r.activeLimit(ctx, actor, m.Inbox)
	if err != nil {
		return err
	}
	if n := int64(len(m.People)); n == 0 || n > limit {
		return fault.New(fault.Invalid, "active.people", "Name 1 to %d people.", limit).On("to").With("limit", limit)
	}
	if len(m.Key) > maxKey {
		return fault.New(fault.Invalid, "active.key", "A key has at most %d characters.", maxKey).On("key").With("limit", maxKey)
	}
	return nil
}

// activeSending is one SendActive on its way.
type activeSending struct {
	room        *Room
	actor       account.Actor
	m           Active
	origin      string // "": by who asks
	fingerprint string // of m: whether a key stands for the same wish
	asked       asked
	catalog     *catalog
	campaign    Campaign
	tally       *tally
	verdicts    []verdict
}

// Headers of the audience that is named: what a sheet would have.
const (
	activePhone = "phone"
	activeName  = "name"
)

// prepare makes the campaign that a sheet with these people would be, and asks whether its route can be followed.
func (s *activeSending) prepare(ctx context.Context) (err error) {
	r := s.room
	if err := r.canWriteFirst(ctx, s.actor.Workspace); err != nil {
		return err
	}
	if s.asked, err = r.ask(ctx, s.actor); err != nil {
		return err
	}
	if s.catalog, err = r.catalog(ctx, s.actor.Workspace, s.asked); err != nil {
		return err
	}
	c := Campaign{State: Ready, Origin: OriginAPI, Route: s.m.Route, Message: Message{Template: s.m.Template, Values: map[string]Source{}}}
	if s.actor.User != 0 {
		c.Origin = OriginDesk
	}
	if s.origin != "" {
		c.Origin = s.origin
	}
	if c.Name, err = cleanName(s.m.Name); err != nil {
		return err
	}
	if w := s.catalog.byTplID[s.m.Template]; c.Name == "" && w != nil {
		c.Name = w.Name
	}
	keys := s.keys()
	c.Audience = Audience{DefaultSender: s.m.Inbox, Headers: append([]string{activePhone, activeName}, keys...),
		Columns: Columns{Phone: activePhone, Name: activeName, Variables: map[string]string{}}}
	for _, key := range keys {
		source := s.m.Values[key]
		source.Column = key
		c.Audience.Columns.Variables[key], c.Message.Values[key] = key, source
	}
	s.campaign = c
	return s.route(ctx)
}

// route asks whether replies can go where they shall. Without a wish they go to the one who writes, when that is an agent of the
// number (X14), else to whoever meets new tickets.
func (s *activeSending) route(ctx context.Context) error {
	at, boxes := &s.campaign.Route, []db.ID{s.m.Inbox}
	if err := at.check(s.actor); err != nil {
		return err
	}
	own := at.Target == ""
	if own && s.actor.User == 0 {
		*at = Route{Target: ToNone}
		return nil
	}
	if own {
		*at = Route{Target: ToAgent, TargetID: s.actor.User}
	}
	to := Audience{Kind: ByHand}
	if s.actor.User == 0 && len(s.m.People) > 1 { // what a person writes to a few is their own
		to.Kind = ""
	}
	p, err := s.room.checkRoute(ctx, s.catalog, *at, to, boxes)
	if err != nil {
		return err
	}
	switch {
	case p != nil && own:
		*at = Route{Target: ToNone}
	case p != nil:
		return p.fault()
	case at.Target == ToAgent && at.Email != "":
		agent, _, err := s.catalog.agents.find(ctx, at.Email, s.m.Inbox)
		at.TargetID = agent.User
		return err
	}
	return nil
}

// keys are the variables anybody gives a value.
func (s *activeSending) keys() []string {
	all := map[string]bool{}
	for key := range s.m.Values {
		all[key] = true
	}
	for _, person := range s.m.People {
		for key := range person.Values {
			all[key] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// judge decides about each person as about a row of a sheet.
func (s *activeSending) judge(ctx context.Context) error {
	b, err := s.rows(ctx)
	if err != nil {
		return err
	}
	j := newJudge(s.catalog, s.campaign)
	j.keep, j.needSender, j.needTemplate = true, true, true
	if s.m.Template == 0 || j.chosen == nil {
		return problem("template_id", MissingTemplate).fault()
	}
	if s.actor.User != 0 && s.origin != OriginTest { // people are bound by what was chosen for the number; programs and campaigns are not
		if err := s.room.Templates.Used(ctx, s.m.Inbox, j.chosen.Template); err != nil {
			return err
		}
	}
	if p := s.surplus(j.chosen); p != nil {
		return p.fault()
	}
	if err := s.checkFile(ctx); err != nil {
		return err
	}
	rd := reading{room: s.room, workspace: s.actor.Workspace, campaign: s.campaign, catalog: s.catalog}
	if err := rd.judge(ctx, j, b); err != nil {
		return err
	}
	s.verdicts = b.verdicts
	barred, err := s.barred(ctx)
	if err != nil {
		return err
	}
	s.tally = newTally(s.catalog, barred, len(b.verdicts))
	for i := range s.verdicts {
		s.tally.count(&s.verdicts[i])
	}
	if s.tally.ready == 0 {
		return within("to.0", s.verdicts[0].problem.fault())
	}
	return nil
}

// checkFile refuses a header's file that cannot be sent. That of a test is the campaign's.
func (s *activeSending) checkFile(ctx context.Context) error {
	before := Message{}
	if s.origin == OriginTest {
		before = s.campaign.Message
	}
	p, err := s.room.refusedFile(ctx, s.actor, s.campaign.Message, before)
	if err != nil || p == nil {
		return err
	}
	return problem("values."+template.KeyMedia, p.Code).because(*p).fault()
}

// surplus finds a value for everybody that the template has no place for.
func (s *activeSending) surplus(w *wording) *Problem {
	for _, key := range slices.Sorted(maps.Keys(s.m.Values)) {
		if !slices.ContainsFunc(w.needs, func(n need) bool { return n.key == key }) {
			return problem("values."+key, RowVariableSurplus, "variable", key, "template", w.Name)
		}
	}
	return nil
}

// rows are the people as rows of a sheet.
func (s *activeSending) rows(ctx context.Context) (*batch, error) {
	ids := make([]db.ID, 0, len(s.m.People))
	for _, person := range s.m.People {
		if person.Contact != 0 {
			ids = append(ids, person.Contact)
		}
	}
	contacts, err := s.room.Contacts.GetMany(ctx, s.room.d, s.actor.Workspace, ids)
	if err != nil {
		return nil, err
	}
	addresses, err := s.room.Contacts.SendAddress(ctx, s.room.d, s.actor.Workspace, channel.WhatsApp, ids)
	if err != nil {
		return nil, err
	}
	b := &batch{}
	for i, person := range s.m.People {
		if person.Contact != 0 {
			known, ok := contacts[person.Contact]
			if !ok {
				return nil, fault.New(fault.NotFound, "contact.not_found", "There is no such contact.").On("to." + strconv.Itoa(i))
			}
			person.Phone, person.Name = "", known.Name
			if at := addresses[person.Contact]; at.Kind == channel.Phone {
				person.Phone = contact.FromWhatsApp(at.Value).E164
			}
		}
		cells := []string{person.Phone, person.Name}
		for _, key := range s.campaign.Audience.Headers[len(cells):] {
			cells = append(cells, person.Values[key])
		}
		b.numbers, b.troubles = append(b.numbers, i+1), append(b.troubles, nil)
		b.cells = append(b.cells, cells...)
		b.ends = append(b.ends, len(b.cells))
	}
	return b, nil
}

// barred is Room.barred for the few numbers that may be written to otherwise.
func (s *activeSending) barred(ctx context.Context) (*numberSet, error) {
	r, workspace := s.room, s.actor.Workspace
	var phones []channel.Identity
	for _, v := range s.verdicts {
		if v.problem == nil {
			phones = append(phones, channel.Identity{Kind: channel.Phone, Value: v.phone.E164})
		}
	}
	known, err := r.Contacts.ByIdentities(ctx, r.d, workspace, channel.WhatsApp, phones)
	if err != nil {
		return nil, fmt.Errorf("people of an active message: %w", err)
	}
	bars, err := r.Contacts.BarredAmong(ctx, r.d, workspace, slices.Collect(maps.Values(known)))
	if err != nil {
		return nil, err
	}
	set := newNumberSet(0)
	for _, v := range s.verdicts {
		if bar, is := bars[known[channel.Identity{Kind: channel.Phone, Value: v.phone.E164}]]; is {
			set.add(numberOf(v.phone.Key), uint32(bar))
		}
	}
	return set, nil
}

// activeRules are what the settings of service say of writing first (B170).
type activeRules struct {
	Active bool  `json:"active"`
	People int64 `json:"active_people"`
}

func usualActive() activeRules { return activeRules{Active: true, People: inbox.UsualActivePeople} }

// ActiveLimits gives how many people somebody at the desk writes to first in one go, by number of the workspace; 0: none.
func (r *Room) ActiveLimits(ctx context.Context, workspace db.ID) (map[db.ID]int64, error) {
	found, err := inbox.Resolve(ctx, r.d, inbox.Company, inbox.Everywhere, usualActive, workspace)
	out := make(map[db.ID]int64, len(found))
	for number, rules := range found {
		if out[number] = 0; rules.Active {
			out[number] = rules.People
		}
	}
	return out, err
}

// activeLimit is how many people an actor writes to in one go from a number.
func (r *Room) activeLimit(ctx context.Context, actor account.Actor, number db.ID) (int64, error) {
	if actor.User == 0 {
		return MaxActive, nil
	}
	found, err := inbox.Resolve(ctx, r.d, inbox.Company, inbox.ByID, usualActive, actor.Workspace, number)
	if err != nil {
		return 0, err
	}
	rules, known := found[number]
	if !known {
		return MaxActive, nil // a number that is not there is refused as such
	}
	if !rules.Active {
		return 0, fault.New(fault.Forbidden, "active.not_here", "From this number agents do not write first.").On("inbox_id")
	}
	return rules.People, nil
}

func (v *verdict) sent() SentPerson {
	out := SentPerson{Problem: v.problem}
	if v.phone.E164 != "" {
		out.Phone = v.phone.Display()
	}
	return out
}
