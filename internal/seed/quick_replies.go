package seed

import (
	"context"

	"recado/internal/conversation"
)

// shelf is a category of quick replies with what stands in it.
type shelf struct {
	category string
	replies  []conversation.ReplyDraft
}

var shelves = []shelf{
	{"Saludos y despedidas", []conversation.ReplyDraft{
		{Title: "Bienvenida", Body: "Hola, {{contact.first_name}}. Soy {{agent.first_name}}, de Tienda Aurora. ¿En qué puedo ayudarte?"},
		{Title: "Un momento", Body: "Dame un momento, {{contact.first_name}}. Lo reviso ahora mismo."},
		{Title: "Despedida", Body: "Gracias por escribirnos. Si necesitas algo más, aquí estamos. ¡Buen día!"},
		{Title: "Fuera de horario", Body: "Atendemos de lunes a viernes de 9:00 a 18:00. Mañana a primera hora te respondo."},
	}},
	{"Envíos", []conversation.ReplyDraft{
		{Title: "Pedido en camino", Body: "Tu pedido {{número de pedido}} ya salió del depósito. Llega entre hoy y mañana."},
		{Title: "Demora", Body: "Lamentamos la demora, {{contact.first_name}}. El pedido {{número de pedido}} se retrasó en el transporte y llega el {{fecha}}."},
		{Title: "Reprogramar entrega", Body: "Puedo reprogramar la entrega del pedido {{número de pedido}}. ¿Qué día te sirve, entre las 9 y las 18?"},
		{Title: "Confirmar dirección", Body: "Para enviarlo necesito confirmar la dirección:\n• calle y número\n• barrio y ciudad\n• código postal"},
	}},
	{"Pagos y facturas", []conversation.ReplyDraft{
		{Title: "Formas de pago", Body: "Puedes pagar con tarjeta, transferencia o efectivo al recibir. Con transferencia tienes 5 % de descuento."},
		{Title: "Pago recibido", Body: "Recibimos tu pago de {{importe}}. Te envío la factura en unos minutos."},
		{Title: "Reclamo registrado", Body: "Registré tu reclamo en la atención n.º {{ticket.number}}. Te respondo antes de 24 horas."},
	}},
	{"Vendas", []conversation.ReplyDraft{
		{Title: "Boas-vindas", Body: "Olá, {{contact.first_name}}! Aqui é {{agent.first_name}}, da Tienda Aurora. Como posso ajudar?"},
		{Title: "Pedido a caminho", Body: "Seu pedido {{número do pedido}} já saiu e chega até amanhã."},
	}},
}

// makeQuickReplies fills the shelves of all numbers.
func (d *demo) makeQuickReplies(ctx context.Context) error {
	for _, s := range shelves {
		if _, err := d.Conversations.CreateReplyCategory(ctx, d.actor, conversation.Everything(d.workspace.ID), s.category, s.replies...); err != nil {
			return err
		}
	}
	return nil
}
