package seed

import (
	"context"
	"fmt"
	"time"

	"recado/internal/account"
	"recado/internal/conversation"
	"recado/internal/db"
)

// Line is something a customer of the demo says.
type Line struct {
	From, Name string // digits of the customer's number, profile name
	Number     string // the provider's id of ours
	Kind, Text string
}

// Stage plays the demo's first conversations: customers write through the provider, as they would, and agents answer.
type Stage struct {
	Say           func(Line) error
	Conversations *conversation.Room
	Accounts      *account.Room
	Workspace     db.ID
}

// scene is one conversation of the demo.
type scene struct {
	lines   []Line
	agent   string // e-mail of who answers; "" leaves it waiting
	answers []string
	note    string
	names   string // e-mail of a colleague whom the note names
	close   *conversation.Closing
}

const (
	ventas    = "2090010010010011"
	soporte   = "2090010010010012"
	cobranzas = "2090010010010013"
	vendas    = "2090010010010021"
)

func says(from, name, number string, texts ...string) []Line {
	lines := make([]Line, len(texts))
	for i, text := range texts {
		lines[i] = Line{From: from, Name: name, Number: number, Kind: "text", Text: text}
	}
	return lines
}

var scenes = []scene{
	{lines: says("5531985551101", "Camila Ríos", ventas, "Hola, ¿tienen la chaqueta azul en talla M?", "La vi ayer en la vitrina"),
		agent: "ana@aurora.example", answers: []string{"Hola Camila, soy Ana. La reviso ahora mismo en la bodega."}, note: "@Marcos Luna, ¿la apartamos? Prefiere retirar en tienda.",
		names: "manager@aurora.example"},
	{lines: says("5531985551102", "João Batista", ventas, "Bom dia! O pedido A-1043 já saiu?")},
	{lines: says("5531985551103", "Elena Martínez de la Fuente", ventas, "Gracias, llegó todo perfecto 🎉"),
		agent: "ana@aurora.example", answers: []string{"¡Qué bueno, Elena! Aquí estamos para lo que necesites."},
		close: &conversation.Closing{Result: "resolved", Note: "Confirmó la entrega del pedido A-1021."}},
	{lines: says("525555501104", "نورة", soporte, "مرحبا 👋 ¿Me pueden ayudar con la garantía?")},
	{lines: says("5491155501105", "Diego Fernández", cobranzas, "Quiero pagar la cuota de noviembre, ¿cómo hago?")},
	{lines: says("5511985551106", "Mariana Lopes", vendas, "Oi! Vocês entregam em Campinas?"),
		agent: "bia@aurora.example", answers: []string{"Oi, Mariana! Entregamos sim, chega em dois dias úteis."}},
}

// patience is how long the stage waits for a message to come round through the provider.
const patience = 8 * time.Second

// Play lets all customers write, then the agents answer. It needs a running node and provider.
func (s Stage) Play(ctx context.Context) error {
	for _, scene := range scenes {
		if err := s.say(ctx, scene.lines); err != nil {
			return fmt.Errorf("%s: %w", scene.lines[0].Name, err)
		}
	}
	for _, scene := range scenes {
		if scene.agent == "" {
			continue
		}
		if err := s.answer(ctx, scene); err != nil {
			return fmt.Errorf("%s: %w", scene.agent, err)
		}
	}
	return nil
}

// say lets a customer write. The provider promises no order: who writes twice waits until the first message came round.
func (s Stage) say(ctx context.Context, lines []Line) error {
	for i, line := range lines {
		if i > 0 {
			if _, err := s.wait(ctx, lines[i-1]); err != nil {
				return err
			}
		}
		if err := s.Say(line); err != nil {
			return err
		}
	}
	return nil
}

func (s Stage) answer(ctx context.Context, scene scene) error {
	user, err := s.Accounts.UserByEmail(ctx, scene.agent)
	if err != nil {
		return err
	}
	actor, err := s.Accounts.ActorOf(ctx, s.Workspace, user.ID)
	if err != nil {
		return err
	}
	id, err := s.wait(ctx, scene.lines[len(scene.lines)-1])
	if err != nil {
		return err
	}
	for _, text := range scene.answers {
		if _, err := s.Conversations.Post(ctx, actor, conversation.Draft{Conversation: id, Kind: "text", Text: text}); err != nil {
			return err
		}
	}
	if err := s.note(ctx, actor, id, scene); err != nil {
		return err
	}
	if scene.close != nil {
		_, err = s.Conversations.CloseTicket(ctx, actor, id, *scene.close)
	}
	return err
}

// note writes the scene's note for colleagues.
func (s Stage) note(ctx context.Context, actor account.Actor, id db.ID, scene scene) error {
	if scene.note == "" {
		return nil
	}
	draft := conversation.Draft{Conversation: id, Kind: conversation.KindNote, Text: scene.note}
	if scene.names != "" {
		colleague, err := s.Accounts.UserByEmail(ctx, scene.names)
		if err != nil {
			return err
		}
		draft.Mentions = []conversation.Naming{{User: colleague.ID, Name: colleague.Name}}
	}
	_, err := s.Conversations.Post(ctx, actor, draft)
	return err
}

// wait looks for the conversation of a line until the line is its last one and its ticket is open.
func (s Stage) wait(ctx context.Context, line Line) (db.ID, error) {
	deadline := time.Now().Add(patience)
	for time.Now().Before(deadline) && ctx.Err() == nil {
		page, err := s.Conversations.List(ctx, conversation.Everything(s.Workspace), conversation.Filter{View: conversation.Team, Search: line.Name}, "", 1)
		if err != nil {
			return 0, err
		}
		if len(page.Items) == 1 && page.Items[0].Ticket != 0 && page.Items[0].Preview == line.Text {
			return page.Items[0].ID, nil
		}
		time.Sleep(20 * time.Millisecond)
	}
	return 0, fmt.Errorf("the message of %s did not come round", line.Name)
}
