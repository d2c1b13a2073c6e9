package db

import (
	"context"
	"slices"
)

// A typed beginning such as "ped" is costly to the engines: they gather all texts of all words that begin so before they give the
// first one (20 ms for 32,768 texts with SQLite, where a whole word takes half of one). So an index whose words may be typed by
// their beginning remembers which words there are, and a search asks for those.

// vocabularyMost is how many words a beginning may stand for; of more the engine looks for itself.
const vocabularyMost = 128

const (
	learnWords = "insert into word_vocabulary (name, mark, word) values ($1, $2, $3) on conflict (name, mark, word) do nothing"
	wordsFrom  = "select word from word_vocabulary where name = $1 and mark = $2 and word >= $3 and word < $4 order by word limit $5"
)

// learn remembers the words of texts, by workspace.
func (w Words) learn(ctx context.Context, tx *Tx, byWorkspace map[ID]map[string]bool) error {
	var rows [][]any
	for workspace, words := range byWorkspace {
		for word := range words {
			rows = append(rows, []any{w.Table, workspaceMark(workspace), []byte(word)})
		}
	}
	_, err := tx.ExecEach(ctx, learnWords, rows)
	return err
}

// gather adds the words of a text to those of its workspace.
func gather(known map[ID]map[string]bool, workspace ID, words []string) {
	if known[workspace] == nil {
		known[workspace] = map[string]bool{}
	}
	for _, word := range words {
		if inVocabulary(word) {
			known[workspace][word] = true
		}
	}
}

// beginning gives the words of a workspace a typed beginning stands for, itself among them; ok is false when they are too many or
// not known.
func (w Words) beginning(ctx context.Context, d *DB, workspace ID, start string) (words []string, ok bool, err error) {
	if !inVocabulary(start) {
		return nil, false, nil
	}
	found, err := All[[]byte](ctx, d, wordsFrom, w.Table, workspaceMark(workspace), []byte(start), append([]byte(start), 0xff), vocabularyMost+1)
	if err != nil || len(found) > vocabularyMost {
		return nil, false, err
	}
	words = make([]string, 0, len(found)+1)
	for _, word := range found {
		words = append(words, string(word))
	}
	if !slices.Contains(words, start) {
		words = append(words, start)
	}
	return words, true, nil
}
