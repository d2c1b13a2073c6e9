package workflow

import (
	"context"

	"recado/internal/conversation"
	"recado/internal/db"
)

// sift leaves out the runs that could take no branch whatever becomes of the conversation meanwhile: nothing is kept of them.
func (r *Room) sift(ctx context.Context, tx *db.Tx, all []begin) ([]begin, error) {
	kept := all[:0]
	for _, b := range all {
		plan, known, err := r.plan(ctx, tx, b.Workspace, versionKey{b.ID, b.Version})
		if err != nil {
			return nil, err
		}
		if !known || !plan.hopeless(b.happening) {
			kept = append(kept, b)
		}
	}
	return kept, nil
}

// hopeless tells whether what a fact says once and for all, the words of a message and the number it is about, rules out every branch.
func (p Plan) hopeless(h happening) bool {
	seen := Seen{Row: conversation.Row{Inbox: h.inbox}, Text: conversation.Cut(h.said, maxValue)}
	for _, b := range p.Branches {
		failed := 0
		for _, c := range b.Conditions {
			settled := c.Kind == OfNumber || c.Kind == OfText && h.kind == MessageReceived
			if settled && !c.look(seen).Held {
				failed++
			}
		}
		if failed == 0 || b.Match == MatchAny && failed < len(b.Conditions) {
			return false
		}
	}
	return true
}
