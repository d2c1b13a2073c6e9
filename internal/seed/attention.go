package seed

import (
	"context"
	"fmt"

	"recado/internal/conversation"
	"recado/internal/routing"
)

var demoTags = []conversation.Tag{
	{Name: "Cambio de talla", Color: "series-1", Suggested: true},
	{Name: "Entrega", Color: "series-2", Suggested: true},
	{Name: "Garantía", Color: "series-3"},
	{Name: "Pago", Color: "series-4", Suggested: true},
	{Name: "Reclamo", Color: "danger"},
	{Name: "VIP", Color: "warn"},
}

// setAttention gives the demo tags and categories, and agents who are on line as soon as they sign in.
func (d *demo) setAttention(ctx context.Context) error {
	settings := routing.DefaultAttention()
	settings.Login = routing.LoginOnline
	if _, err := d.Routing.SetAttention(ctx, d.actor, settings); err != nil {
		return err
	}
	rules := conversation.DefaultClosingRules()
	rules.Categories = []string{"Pedido", "Entrega", "Cobro", "Cambio o devolución"}
	if _, err := d.Conversations.SetClosingRules(ctx, d.actor, rules); err != nil {
		return err
	}
	for _, tag := range demoTags {
		if _, err := d.Conversations.SaveTag(ctx, d.actor, tag); err != nil {
			return fmt.Errorf("tag %s: %w", tag.Name, err)
		}
	}
	return nil
}
