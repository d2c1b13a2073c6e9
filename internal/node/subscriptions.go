package node

import (
	"recado/internal/account"
	"recado/internal/bot"
	"recado/internal/conversation"
	"recado/internal/event"
	"recado/internal/routing"
	"recado/internal/survey"
)

// subscriptions is who reacts to which fact. Each runs after commit, in order, with a durable cursor of its own; none
// holds up another. Open desks are told by desk.Hub, which reads the same log on every node.
func (r *rooms) subscriptions() []event.Subscriber {
	return []event.Subscriber{
		{Name: "routing.react", Kinds: []string{conversation.MessageReceived}, React: r.routing.React},
		{Name: "routing.distribute", React: r.routing.Distribute, Kinds: []string{
			conversation.TicketOpened, conversation.TicketAssigned, conversation.TicketClosed, routing.AvailabilityChanged,
			account.ChangedFact}},
		r.routing.SilenceSubscriber(),
		{Name: "bot", Kinds: bot.Kinds, React: r.bots.React},
		r.bots.AbsenceSubscriber(),
		r.bots.OffHoursSubscriber(),
		{Name: "survey", Kinds: survey.Kinds, React: r.surveys.React},
		r.workflows.Subscriber(),
		r.campaigns.Subscriber(),
		r.notices.Subscriber(),
		r.pushes.Subscriber(),
		r.gateway.ReadsSubscriber(),
		r.contacts.WordsSubscriber(),
		r.conversations.WordsSubscriber(),
	}
}
