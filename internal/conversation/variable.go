package conversation

import (
	"context"
	"maps"
	"regexp"
	"strconv"
	"strings"

	"recado/internal/account"
	"recado/internal/contact"
	"recado/internal/db"
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

// PersonNames are the values that words said without a person of ours may name as {{name}}.
var PersonNames = []string{"contact.name", "contact.first_name", "number.name"}

// spaced finds a name with the space before it.
var spaced = regexp.MustCompile(`[ \t]?` + Blank.String())

// maxSaidName is how many characters of a person's name are said.
const maxSaidName = 100

// PersonValues are the values that name a person: the first 100 characters of the name, and its first word.
func PersonValues(name string) map[string]string {
	name = Cut(strings.Join(strings.Fields(name), " "), maxSaidName)
	first, _, _ := strings.Cut(name, " ")
	return map[string]string{"contact.name": name, "contact.first_name": first}
}

// ValuesIn gives what words said in a conversation without a person of ours may name: the contact's attributes as contact.KEY, and
// PersonNames.
func (r *Room) ValuesIn(ctx context.Context, q db.Querier, row Row) (map[string]string, error) {
	attributes, err := r.contacts.AttributesIn(ctx, q, row.Workspace, row.Contact)
	if err != nil {
		return nil, err
	}
	values := map[string]string{}
	for name, value := range attributes {
		values["contact."+name] = value
	}
	maps.Copy(values, PersonValues(row.ContactName))
	values["number.name"] = row.InboxLabel
	return values, nil
}

// FillForPerson puts the values of PersonNames in the place of their names: a person's name and the label of the number they wrote
// to. A name without a value goes, with the space before it; one that is not among them stays.
func FillForPerson(text, name, number string) string {
	values := PersonValues(name)
	values["number.name"] = number
	return spaced.ReplaceAllStringFunc(text, func(mark string) string {
		value, known := values[Blank.FindStringSubmatch(mark)[1]]
		switch {
		case !known:
			return mark
		case value == "":
			return ""
		}
		return mark[:strings.Index(mark, "{{")] + value
	})
}

// Cut leaves at most so many characters.
func Cut(text string, limit int) string {
	if letters := []rune(text); len(letters) > limit {
		return strings.TrimSpace(string(letters[:limit-1])) + "…"
	}
	return text
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
