package report

import (
	"testing"

	"recado/internal/conversation"
)

func TestSaid(t *testing.T) {
	answer := func(a conversation.SurveyAnswer) conversation.Message {
		return conversation.Message{Text: "4", Answer: &a}
	}
	for _, c := range []struct {
		name, locale string
		message      conversation.Message
		want         string
	}{
		{"no answer", "es", conversation.Message{Text: "4"}, "4"},
		{"B186 a scale", "es", answer(conversation.SurveyAnswer{Kind: "scale", Value: 4, To: 5}), "4 de 5"},
		{"the worst of NPS", "en", answer(conversation.SurveyAnswer{Kind: "scale", Value: 0, To: 10}), "0 out of 10"},
		{"a choice", "pt-BR", answer(conversation.SurveyAnswer{Kind: "choice", Text: "Entrega"}), "Entrega"},
		{"left out", "pt-BR", answer(conversation.SurveyAnswer{Kind: "text", Skipped: true}), "Pulada"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := (&Transcript{locale: c.locale}).said(c.message); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}
