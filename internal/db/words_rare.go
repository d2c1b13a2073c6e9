package db

import (
	"context"
	"slices"
	"strings"
)

// A number that somebody looks for (of an order, an invoice, a phone) stands in a few texts, and to look for it in one block after
// the other is mostly to find nothing in each (80 look-ups for ten million texts). So words that are rare by nature are stored a
// second time without their block, and a search asks where they are before it goes beyond the newest block.

const (
	// rareLength is from how many characters on a word with digits is rare by nature: a year is not.
	rareLength = 5
	// rareMost is how many texts may hold a rare word. When it turns out to stand in more, the blocks are gone through.
	rareMost = 256
)

// anywhere is the mark of a workspace's rare words; no block has the number in it.
func anywhere(workspace ID) string { return "zzzz" + workspaceMark(workspace) }

// isCommon tells whether a word is not stored a second time.
func isCommon(word string) bool { return len(word) < rareLength || inVocabulary(word) }

// inVocabulary tells whether a word is kept in the vocabulary. Words with digits are not: there is no end of them.
func inVocabulary(word string) bool { return !strings.ContainsAny(word, "0123456789") }

// holding gives those of the blocks that can hold all the words asked for: those that hold the longest rare one. Without one, or
// when it stands in too many texts, they are all given.
func (w Words) holding(ctx context.Context, d *DB, blocks []wordBlock, workspace ID, asked []asked, before ID) ([]wordBlock, error) {
	longest := -1
	for i, a := range asked {
		if !isCommon(a.words[0]) && (longest < 0 || len(a.words[0]) > len(asked[longest].words[0])) {
			longest = i
		}
	}
	if w.Starts || longest < 0 {
		return blocks, nil
	}
	ids, err := w.match(ctx, d, []string{expression(d.dialect, anywhere(workspace), asked[longest:longest+1])}, before, rareMost)
	if err != nil || len(ids) == rareMost {
		return blocks, err
	}
	held := map[int64]bool{}
	slices.Reverse(blocks) // the oldest first, as blockAt wants them
	for _, id := range ids {
		held[blockAt(blocks, id).No] = true
	}
	slices.Reverse(blocks)
	return slices.DeleteFunc(blocks, func(b wordBlock) bool { return !held[b.No] }), nil
}
