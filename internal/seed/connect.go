package seed

import (
	"context"
	"fmt"

	"recado/internal/channel"
	"recado/internal/contact"
	"recado/internal/db"
	"recado/internal/fault"
	"recado/internal/inbox"
	"recado/internal/template"
)

// Connector adds the numbers of a provider's account to a workspace.
type Connector struct {
	Inboxes   *inbox.Room
	Templates *template.Room
	Adapters  map[channel.Kind]channel.Adapter
}

// Connect asks the provider for the account's numbers and templates with this token and sets them up. A number that is set
// up already is left as it is. shape may change a draft before it is made; nil leaves them. It gives the numbers made.
func (c Connector) Connect(ctx context.Context, workspace db.ID, account, token string, shape func(*inbox.Draft)) ([]inbox.Inbox, error) {
	adapter := c.Adapters[channel.WhatsApp]
	credentials := channel.Credentials{AccountExternalID: account, Token: token}
	numbers, err := adapter.Numbers(ctx, credentials)
	if err != nil {
		return nil, fmt.Errorf("ask the provider for the numbers of account %s: %w", account, err)
	}
	var made []inbox.Inbox
	for _, n := range numbers {
		draft := inbox.Draft{Workspace: workspace, Channel: channel.WhatsApp, Label: n.Name, Address: contact.FromWhatsApp(n.Address).E164,
			ExternalID: n.ExternalID, Account: account, Token: token}
		if shape != nil {
			shape(&draft)
		}
		box, err := c.Inboxes.Create(ctx, draft)
		if fault.Is(err, "inbox.exists") {
			continue
		}
		if err != nil {
			return made, fmt.Errorf("set up number %s: %w", n.Address, err)
		}
		made = append(made, box)
	}
	templates, err := adapter.Templates(ctx, credentials)
	if err != nil {
		return made, fmt.Errorf("ask the provider for the templates of account %s: %w", account, err)
	}
	_, err = c.Templates.Sync(ctx, workspace, channel.WhatsApp, account, templates)
	return made, err
}
