package flow

import (
	"reflect"
	"slices"
)

// Difference is one thing that is not the same in two forms of a flow.
type Difference struct {
	Block string `json:"block"`
	Kind  string `json:"kind" doc:"of the block; flow: what is no block"`
	Text  string `json:"text" doc:"of the block"`
	Did   string `json:"did" enum:"added,removed,changed,moved"`
}

// Compare tells what became of the blocks of one form of a flow in another, in the order of the later one; what was removed comes
// last, and what is not of a block (language, context, words to leave with) first, as a flow. A block has moved when another one that stays stands before it now.
func Compare(before, after Flow) []Difference {
	out := []Difference{}
	if len(before.Blocks) > 0 && (before.Language != after.Language || before.Context != after.Context || !slices.Equal(before.Leave, after.Leave)) {
		out = append(out, Difference{Kind: "flow", Did: "changed"})
	}
	for i, b := range after.Blocks {
		at := slices.IndexFunc(before.Blocks, func(old Block) bool { return old.ID == b.ID })
		switch {
		case at < 0:
			out = append(out, Difference{b.ID, b.Kind, b.Text, "added"})
		case !reflect.DeepEqual(before.Blocks[at], b):
			out = append(out, Difference{b.ID, b.Kind, b.Text, "changed"})
		case follows(before, after, at) != follows(after, before, i):
			out = append(out, Difference{b.ID, b.Kind, b.Text, "moved"})
		}
	}
	for _, b := range before.Blocks {
		if !slices.ContainsFunc(after.Blocks, func(now Block) bool { return now.ID == b.ID }) {
			out = append(out, Difference{b.ID, b.Kind, b.Text, "removed"})
		}
	}
	return out
}

// follows gives the last block before one that both forms have.
func follows(f, other Flow, at int) string {
	for i := at - 1; i >= 0; i-- {
		if slices.ContainsFunc(other.Blocks, func(b Block) bool { return b.ID == f.Blocks[i].ID }) {
			return f.Blocks[i].ID
		}
	}
	return ""
}
