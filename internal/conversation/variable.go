package conversation

import (
	"regexp"
	"strconv"
	"strings"

	"recado/internal/account"
	"recado/internal/contact"
)

// Variables are the names a quick reply may use as {{name}} that Recado fills by itself; docs/quick-replies.md tells of each. Beside
// them {{contact.KEY}} is the contact's attribute KEY. Any other name, as {{order number}}, is a free slot: the agent fills it.
var Variables = []string{"contact.name", "contact.first_name", "agent.name", "agent.first_name", "ticket.number", "number.name"}

// Blank finds {{name}}, one line, at most 60 characters; its only group is the name.
var Blank = regexp.MustCompile(`\{\{[ \t]*([^{}\n]{1,60}?)[ \t]*\}\}`)

// Fill puts values in the place of {{name}}. A name without a value, or with an empty one, stays as it is: the agent sees it as a
// slot to fill before sending. Values are never looked into for names again.
func Fill(text string, values map[string]string) string {
	return Blank.ReplaceAllStringFunc(text, func(mark string) string {
		if value := values[Blank.FindStringSubmatch(mark)[1]]; value != "" {
			return value
		}
		return mark
	})
}

// replyValues are the values of variables in a conversation, for whoever acts.
func replyValues(row Row, person contact.Contact, actor account.Actor) map[string]string {
	values := map[string]string{}
	for key, value := range person.Attributes {
		values["contact."+key] = value
	}
	values["contact.name"], values["contact.first_name"] = row.ContactName, firstWord(row.ContactName)
	values["agent.name"], values["agent.first_name"] = actor.Name, firstWord(actor.Name)
	values["number.name"] = row.InboxLabel
	if row.TicketNumber != 0 {
		values["ticket.number"] = strconv.FormatInt(row.TicketNumber, 10)
	}
	for name, value := range values {
		values[name] = strings.TrimSpace(value)
	}
	return values
}

func firstWord(name string) string {
	first, _, _ := strings.Cut(strings.TrimSpace(name), " ")
	return first
}
