package db

import (
	"context"
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
)

// Words is an index of the words of many texts, newest text first: SQLite's full-text engine or a PostgreSQL tsvector with a
// GIN index behind one door. A migration makes it with {{words NAME}}.
//
// Neither engine can give "the newest 20 of the two million texts with this word" without touching all of them. So the index is
// cut into blocks: runs of ids with about as many texts each, and every word is stored with the block and the workspace it
// stands in. A search asks block after block from the newest one and stops when it has enough: a common word costs one block, a
// rare one a look-up per block that has it (words_rare.go), and the words of another workspace cost nothing.
type Words struct {
	Table string // as in {{words NAME}}
	// Starts: every word of a search may be the beginning of a word; otherwise only the last may. The beginnings of the words are
	// kept as words of their own then: an engine reads through all texts with a beginning before it gives the first of them.
	Starts bool
	// Tail is the fewest digits by whose end a number is found.
	Tail int
	// Block is how many texts make a block; 0 means the size that suits the engine.
	Block int64
}

// Worded is a text to be found by its words.
type Worded struct {
	Workspace, ID ID
	Text          string
}

// wordBlock is a run of ids: from First up to the first of the next block.
type wordBlock struct {
	No    int64 `db:"no"`
	First ID    `db:"first_id"`
	Last  ID    `db:"last_id"` // the newest id put into it
	Rows  int64 `db:"entries"`
}

const (
	blocksOf   = "select no, first_id, last_id, entries from word_blocks where name = $1 order by first_id"
	holdBlocks = "update word_blocks set entries = entries where name = $1 and no = 0"
	growBlock  = `insert into word_blocks (name, no, first_id, last_id, entries) values ($1, $2, $3, $4, $5) on conflict (name, no)
		do update set entries = word_blocks.entries + excluded.entries, last_id = case when excluded.last_id > word_blocks.last_id then excluded.last_id else word_blocks.last_id end`
)

// putWords are the engines' ways to store the words of a text. FTS5 keeps no copy of them and knows no "on conflict".
var putWords = map[Dialect]string{
	SQLite: "insert or replace into %s (rowid, words) values ($1, $2)",
	Postgres: `insert into %s (id, words) values ($1, array_to_tsvector(string_to_array($2, ' ')))
		on conflict (id) do update set words = excluded.words`,
}

// Put stores the words of texts; a text that was put before has only its new words from then on.
func (w Words) Put(ctx context.Context, tx *Tx, texts []Worded) error {
	if len(texts) == 0 {
		return nil
	}
	texts = slices.Clone(texts)
	known := map[ID]map[string]bool{}
	slices.SortFunc(texts, func(a, b Worded) int { return int(min(1, max(-1, a.ID-b.ID))) })
	blocks, err := w.hold(ctx, tx)
	if err != nil {
		return fmt.Errorf("words of %s: %w", w.Table, err)
	}
	rows, grown := make([][]any, 0, len(texts)), map[int64]wordBlock{}
	for _, t := range texts {
		last := &blocks[len(blocks)-1]
		if last.Rows >= w.block(tx.d.dialect) && t.ID > last.Last {
			blocks = append(blocks, wordBlock{No: last.No + 1, First: t.ID})
		}
		b := blockAt(blocks, t.ID)
		b.Rows++
		b.Last = max(b.Last, t.ID)
		g := grown[b.No]
		grown[b.No] = wordBlock{No: b.No, First: b.First, Last: b.Last, Rows: g.Rows + 1}
		found := w.wordsOf(t.Text)
		stored := marked(blockMark(*b, t.Workspace), found)
		if !w.Starts {
			gather(known, t.Workspace, found)
			stored = append(stored, marked(anywhere(t.Workspace), slices.DeleteFunc(found, isCommon))...)
		}
		rows = append(rows, []any{int64(t.ID), strings.Join(stored, " ")})
	}
	if _, err := tx.ExecEach(ctx, fmt.Sprintf(putWords[tx.d.dialect], w.Table), rows); err != nil {
		return fmt.Errorf("words of %s: %w", w.Table, err)
	}
	var growth [][]any
	for _, b := range grown {
		growth = append(growth, []any{w.Table, b.No, int64(b.First), int64(b.Last), b.Rows})
	}
	if _, err := tx.ExecEach(ctx, growBlock, growth); err != nil {
		return fmt.Errorf("blocks of %s: %w", w.Table, err)
	}
	if err := w.learn(ctx, tx, known); err != nil {
		return fmt.Errorf("vocabulary of %s: %w", w.Table, err)
	}
	return nil
}

// hold gives the blocks, oldest first, and lets nobody else put until the transaction ends.
func (w Words) hold(ctx context.Context, tx *Tx) ([]wordBlock, error) {
	if n, err := tx.Exec(ctx, holdBlocks, w.Table); err != nil || n == 0 {
		if err == nil {
			_, err = tx.Exec(ctx, growBlock, w.Table, 0, 0, 0, 0)
		}
		if err != nil {
			return nil, err
		}
	}
	return All[wordBlock](ctx, tx, blocksOf, w.Table)
}

// blockAt finds the block of an id among blocks in order.
func blockAt(blocks []wordBlock, id ID) *wordBlock {
	at, found := slices.BinarySearchFunc(blocks, id, func(b wordBlock, id ID) int { return int(min(1, max(-1, b.First-id))) })
	if !found {
		at--
	}
	return &blocks[max(0, at)]
}

// marked puts a mark before each word.
func marked(mark string, words []string) []string {
	out := make([]string, len(words))
	for i, word := range words {
		out[i] = mark + word
	}
	return out
}

// blockMark names block and workspace. The workspace is shortened: rooms filter by the whole one.
func blockMark(b wordBlock, workspace ID) string { return base36(b.No, 4) + workspaceMark(workspace) }

func workspaceMark(workspace ID) string {
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(workspace.String()))
	return base36(int64(hash.Sum32()%46_656), 3)
}

func base36(n int64, width int) string {
	text := strconv.FormatInt(n, 36)
	return strings.Repeat("0", max(0, width-len(text))) + text
}

// wordsOf gives the words a text is found by.
func (w Words) wordsOf(text string) []string {
	words := textWords(text, w.tail())
	if w.Starts {
		words = withStarts(words)
	}
	return words
}

func (w Words) tail() int { return max(w.Tail, 3) }

// blockSize is what suits the engines. SQLite follows a common word from its newest text on, however many there are, and pays for
// each block it looks into; PostgreSQL gathers all texts of a block, but looks into many of them at once.
var blockSize = map[Dialect]int64{SQLite: 131_072, Postgres: 32_768}

func (w Words) block(dialect Dialect) int64 {
	if w.Block > 0 {
		return w.Block
	}
	return blockSize[dialect]
}

// Drop takes texts out of the index.
func (w Words) Drop(ctx context.Context, tx *Tx, ids []ID) error {
	key := map[Dialect]string{SQLite: "rowid", Postgres: "id"}[tx.d.dialect]
	rows := make([][]any, len(ids))
	for i, id := range ids {
		rows[i] = []any{int64(id)}
	}
	if _, err := tx.ExecEach(ctx, fmt.Sprintf("delete from %s where %s = $1", w.Table, key), rows); err != nil {
		return fmt.Errorf("words of %s: %w", w.Table, err)
	}
	return nil
}

// Newest is the newest id ever put, 0 for none: what is newer is not in the index yet.
func (w Words) Newest(ctx context.Context, d *DB) (ID, error) {
	newest, err := One[ID](ctx, d, "select coalesce(max(last_id), 0) from word_blocks where name = $1", w.Table)
	if err != nil {
		return 0, fmt.Errorf("blocks of %s: %w", w.Table, err)
	}
	return newest, nil
}

// blocksAtOnce is into how many blocks one query looks.
var blocksAtOnce = map[Dialect]int{SQLite: 1, Postgres: 64}

// Find gives the ids of texts that hold every word looked for, newest first, before an id (0: from the newest), at most limit.
// It finds nothing for a search without a letter or a digit. Of texts in other workspaces a few may be among them: whoever reads
// the rows filters by workspace, as always.
func (w Words) Find(ctx context.Context, d *DB, workspace ID, search string, before ID, limit int) ([]ID, error) {
	words := searchedWords(search, w.tail())
	if len(words) == 0 {
		return nil, nil
	}
	if before == 0 {
		before = 1<<63 - 1
	}
	blocks, err := All[wordBlock](ctx, d, blocksOf, w.Table)
	if err != nil {
		return nil, fmt.Errorf("blocks of %s: %w", w.Table, err)
	}
	blocks = slices.DeleteFunc(blocks, func(b wordBlock) bool { return b.First >= before })
	slices.Reverse(blocks)
	asked, err := w.ask(ctx, d, workspace, words)
	if err != nil {
		return nil, fmt.Errorf("vocabulary of %s: %w", w.Table, err)
	}
	if len(blocks) == 0 {
		return nil, nil
	}
	newest := min(blocksAtOnce[d.dialect], len(blocks))
	found, err := w.findIn(ctx, d, blocks[:newest], workspace, asked, before, limit)
	if err != nil || len(found) >= limit || newest == len(blocks) {
		return found, w.failed(err)
	}
	blocks, err = w.holding(ctx, d, blocks[newest:], workspace, asked, blocks[newest-1].First)
	for part := range slices.Chunk(blocks, blocksAtOnce[d.dialect]) {
		var more []ID
		if more, err = w.findIn(ctx, d, part, workspace, asked, before, limit-len(found)); err != nil {
			break
		}
		if found = append(found, more...); len(found) >= limit {
			break
		}
	}
	return found, w.failed(err)
}

func (w Words) failed(err error) error {
	if err != nil {
		return fmt.Errorf("search %s: %w", w.Table, err)
	}
	return nil
}

// Blocks are looked into one after the other, the newest first, until there is enough: a lateral join goes through its list in
// order. PostgreSQL is kept from reading its way through the newest rows, which it thinks cheap whenever there is a limit.
const findPostgres = `select found.id from unnest($1::text[]) block(q) cross join lateral (select id from (select id from %s
	where words @@ block.q::tsquery offset 0) of_block where id < $2 order by id desc limit $3) found limit $3`

const findSQLite = "select rowid from %[1]s where %[1]s match $1 and rowid < $2 order by rowid desc limit $3"

func (w Words) findIn(ctx context.Context, d *DB, blocks []wordBlock, workspace ID, asked []asked, before ID, limit int) ([]ID, error) {
	each := make([]string, len(blocks))
	for i, b := range blocks {
		each[i] = expression(d.dialect, blockMark(b, workspace), asked)
	}
	return w.match(ctx, d, each, before, limit)
}

// match gives the texts that fit one of the expressions, each of a block of its own, the newest block first.
func (w Words) match(ctx context.Context, d *DB, each []string, before ID, limit int) ([]ID, error) {
	if d.dialect == Postgres {
		found, err := All[ID](ctx, d, fmt.Sprintf(findPostgres, w.Table), Texts(each), int64(before), limit)
		slices.SortFunc(found, func(a, b ID) int { return int(min(1, max(-1, b-a))) })
		return found, err
	}
	return All[ID](ctx, d, fmt.Sprintf(findSQLite, w.Table), each[0], int64(before), limit)
}

// asked is one word of a search: one of some words, or what begins with the only one.
type asked struct {
	words  []string
	begins bool
}

func (w Words) ask(ctx context.Context, d *DB, workspace ID, words []string) ([]asked, error) {
	out := make([]asked, len(words))
	for i, word := range words {
		out[i] = asked{[]string{word}, w.begins(word, i == len(words)-1)}
		if !out[i].begins || w.Starts {
			continue
		}
		known, ok, err := w.beginning(ctx, d, workspace, word)
		if err != nil {
			return nil, err
		}
		if ok {
			out[i] = asked{words: known}
		}
	}
	return out, nil
}

// begins tells whether a searched word is asked for as the beginning of others. A single letter is the beginning of too much.
func (w Words) begins(word string, last bool) bool {
	if w.Starts {
		return !isStart(word) // the beginnings are words themselves
	}
	return last && len(word) > 1
}

// expression asks for all words of one block in the language of the engine. Words hold neither quotes nor backslashes.
func expression(dialect Dialect, mark string, words []asked) string {
	and, or, start, quote := " AND ", " OR ", " *", `"`
	if dialect == Postgres {
		and, or, start, quote = " & ", " | ", ":*", "'"
	}
	parts := make([]string, len(words))
	for i, word := range words {
		any := make([]string, len(word.words))
		for j, one := range word.words {
			any[j] = quote + mark + one + quote
		}
		parts[i] = strings.Join(any, or)
		switch {
		case word.begins:
			parts[i] += start
		case len(any) > 1:
			parts[i] = "(" + parts[i] + ")"
		}
	}
	return strings.Join(parts, and)
}
