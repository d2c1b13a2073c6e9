package conversation

import (
	"context"
	"fmt"
	"strings"

	"recado/internal/account"
	"recado/internal/contact"
	"recado/internal/db"
)

const (
	maxReplyWords = 6 // bounds the conditions of one search
	// What stands first in the menu: the title begins with what was written, a word of it does, the category does, the text holds it;
	// within these the often used. The replies are chosen before their texts are read.
	suggestOrder = `(select r.id as chosen, case when r.title_key like $5 escape '!' then 0 when r.title_key like $6 escape '!' then 1
		when c.name_key like $5 escape '!' then 2 else 3 end as place`
	suggestFrom = `select r.id, r.category_id, c.name as category_name, r.title, r.title_key, r.uses, r.updated_at, length(r.body) as size, substr(r.body, 1, %d) as body
		from %s) f join quick_replies r on r.id = f.chosen join quick_reply_categories c on c.id = r.category_id order by f.place, r.uses desc, r.title_key, r.id`
)

// SuggestReplies gives the replies for the menu of the composer: at most limit of those on the conversation's number whose title,
// category or text holds every word of search, the likeliest first, variables filled as far as they have a value (Fill). row is the
// conversation, which the actor reaches.
func (r *Room) SuggestReplies(ctx context.Context, actor account.Actor, row Row, search string, limit int) ([]QuickReply, error) {
	whole := escapeLike(strings.TrimSpace(contact.Fold(search)))
	b := replyQuery{text: suggestOrder + replyFrom, args: append(onNumberOf(row, actor).args(), whole+"%", "% "+whole+"%")}
	b.andWords(search)
	b.and("1 = 1 order by place, r.uses desc, r.title_key, r.id limit $a", pageSize(limit))
	items, err := db.All[QuickReply](ctx, r.d, fmt.Sprintf(suggestFrom, bodyShown, b.text), b.args...)
	if err != nil {
		return nil, fmt.Errorf("suggest quick replies: %w", err)
	}
	if len(items) == 0 {
		return items, nil
	}
	values, err := r.valuesIn(ctx, actor, row)
	for i := range items {
		items[i].Body = Fill(items[i].Body, values)
	}
	return items, err
}

// UseReply gives one reply on the conversation's number with its whole text, variables filled, and counts that it was inserted. It
// fails with NotFound.
func (r *Room) UseReply(ctx context.Context, actor account.Actor, row Row, id db.ID) (used QuickReply, err error) {
	values, err := r.valuesIn(ctx, actor, row)
	if err != nil {
		return used, err
	}
	err = r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if used, err = quickReply(ctx, tx, onNumberOf(row, actor), id); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "update quick_replies set uses = uses + 1 where id = $1 and workspace_id = $2", id, row.Workspace)
		return err
	})
	used.Body, used.Uses = Fill(used.Body, values), used.Uses+1
	return used, err
}

func (r *Room) valuesIn(ctx context.Context, actor account.Actor, row Row) (map[string]string, error) {
	person, err := r.contacts.Get(ctx, row.Workspace, row.Contact)
	return replyValues(row, person, actor), err
}

// replyQuery grows a query; conditions name their parameters $a, $b.
type replyQuery struct {
	text string
	args []any
}

func (b *replyQuery) and(condition string, args ...any) {
	for i := range args {
		condition = strings.ReplaceAll(condition, "$"+string(rune('a'+i)), fmt.Sprintf("$%d", len(b.args)+1+i))
	}
	b.text, b.args = b.text+" and "+condition, append(b.args, args...)
}

// andWords asks for every word in title, category or text.
func (b *replyQuery) andWords(search string) {
	words := strings.Fields(contact.Fold(search))
	for _, word := range words[:min(len(words), maxReplyWords)] {
		b.and("(r.title_key like $a escape '!' or c.name_key like $a escape '!' or r.search like $a escape '!')", "%"+escapeLike(word)+"%")
	}
}

var likeSigns = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_")

func escapeLike(text string) string { return likeSigns.Replace(text) }
