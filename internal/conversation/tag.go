package conversation

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"recado/internal/account"
	"recado/internal/contact"
	"recado/internal/db"
	"recado/internal/event"
	"recado/internal/fault"
)

// TagColors are the palette of tags. The names are those of the screens' tokens, so that each theme has its own values.
var TagColors = []string{"series-1", "series-2", "series-3", "series-4", "series-5", "ok", "warn", "danger"}

const (
	maxTagName    = 40 // characters
	maxTags       = 300
	maxTicketTags = 20
)

// Tag is a word of the workspace that stands on tickets.
type Tag struct {
	ID        db.ID  `db:"id" json:"id"`
	Name      string `db:"name" json:"name"`
	Color     string `db:"color" json:"color"`
	Suggested bool   `db:"suggested" json:"suggested"` // offered first when a ticket is closed
	Open      int64  `db:"open" json:"open"`           // open tickets that have it
}

const tagsSQL = `select g.id, g.name, g.color, g.suggested = 1 as suggested,
	(select count(*) from ticket_tags x join tickets t on t.id = x.ticket_id and t.status <> 'closed' where x.workspace_id = g.workspace_id and x.tag_id = g.id) as open
	from tags g where g.workspace_id = $1 order by g.name_key`

// Tags gives the tags of a workspace by name.
func (r *Room) Tags(ctx context.Context, workspace db.ID) ([]Tag, error) {
	return db.All[Tag](ctx, r.d, tagsSQL, workspace)
}

// TagNames gives the tags of a workspace by id, without their figures.
func (r *Room) TagNames(ctx context.Context, workspace db.ID) (map[db.ID]Tag, error) {
	all, err := db.All[Tag](ctx, r.d, "select id, name, color from tags where workspace_id = $1", workspace)
	found := make(map[db.ID]Tag, len(all))
	for _, tag := range all {
		found[tag.ID] = tag
	}
	return found, err
}

const (
	newTag    = "insert into tags (workspace_id, id, name, name_key, color, suggested, created_at) values ($1, $2, $3, $4, $5, $6, $7)"
	changeTag = "update tags set name = $3, name_key = $4, color = $5, suggested = $6 where workspace_id = $1 and id = $2"
)

// SaveTag makes a tag, or changes the one with its id. Names differ by more than accents and case. It fails with Invalid,
// NotFound, or Conflict "tag.exists".
func (r *Room) SaveTag(ctx context.Context, actor account.Actor, tag Tag) (Tag, error) {
	if err := tag.check(); err != nil {
		return tag, err
	}
	key, suggested := contact.Fold(tag.Name), 0
	if tag.Suggested {
		suggested = 1
	}
	return tag, r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		others, err := db.All[Tag](ctx, tx, "select id, name from tags where workspace_id = $1 and (name_key = $2 or id = $3)", actor.Workspace, key, tag.ID)
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(others, func(o Tag) bool { return o.ID != tag.ID }); i >= 0 {
			return fault.New(fault.Conflict, "tag.exists", "There is a tag named %s already.", others[i].Name).On("name").With("name", others[i].Name)
		}
		if tag.ID != 0 {
			return tagFound(tx.Exec(ctx, changeTag, actor.Workspace, tag.ID, tag.Name, key, tag.Color, suggested))
		}
		n, err := db.One[int64](ctx, tx, "select count(*) from tags where workspace_id = $1", actor.Workspace)
		if err == nil && n >= maxTags {
			err = fault.New(fault.Invalid, "tag.many", "A workspace has at most %d tags.", maxTags).On("name").With("limit", maxTags)
		}
		if err != nil {
			return err
		}
		tag.ID = tx.NewID()
		_, err = tx.Exec(ctx, newTag, actor.Workspace, tag.ID, tag.Name, key, tag.Color, suggested, tx.Now())
		return err
	})
}

func (t *Tag) check() error {
	t.Name = clean(strings.Join(strings.Fields(t.Name), " "))
	if t.Name == "" || utf8.RuneCountInString(t.Name) > maxTagName {
		return fault.New(fault.Invalid, "tag.name", "A tag has 1 to %d characters.", maxTagName).On("name").With("limit", maxTagName)
	}
	if t.Color == "" {
		t.Color = TagColors[0]
	}
	if !slices.Contains(TagColors, t.Color) {
		return fault.New(fault.Invalid, "tag.color", "This colour is not in the palette.").On("color")
	}
	return nil
}

func tagFound(n int64, err error) error {
	if err == nil && n == 0 {
		err = fault.New(fault.NotFound, "tag.unknown", "There is no such tag.")
	}
	return err
}

// RemoveTag takes a tag from the list and from all tickets; with another one to take its place, the tickets get that one.
// It fails with NotFound when either is unknown.
func (r *Room) RemoveTag(ctx context.Context, actor account.Actor, id, into db.ID) error {
	return r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if into != 0 {
			if err := r.tagsExist(ctx, tx, actor.Workspace, []db.ID{into}); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, `insert into ticket_tags (workspace_id, ticket_id, tag_id)
				select workspace_id, ticket_id, cast($3 as bigint) from ticket_tags where workspace_id = $1 and tag_id = $2
				on conflict (ticket_id, tag_id) do nothing`, actor.Workspace, id, into)
			if err != nil {
				return fmt.Errorf("merge tags: %w", err)
			}
		}
		if err := tagFound(tx.Exec(ctx, "delete from tags where workspace_id = $1 and id = $2", actor.Workspace, id)); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "delete from ticket_tags where workspace_id = $1 and tag_id = $2", actor.Workspace, id)
		return err
	})
}

// SetTags gives the open ticket of a conversation these tags and no others. It fails with NotFound, with Conflict when no
// ticket is open, and with Invalid for more than 20.
func (r *Room) SetTags(ctx context.Context, actor account.Actor, conversation db.ID, tags []db.ID) error {
	return r.tagTicket(ctx, actor, conversation, func([]db.ID) []db.ID { return tags })
}

// AddTags gives the open ticket of a conversation these tags besides those it has. It fails as SetTags.
func (r *Room) AddTags(ctx context.Context, actor account.Actor, conversation db.ID, tags []db.ID) error {
	return r.tagTicket(ctx, actor, conversation, func(has []db.ID) []db.ID { return append(has, tags...) })
}

func (r *Room) tagTicket(ctx context.Context, actor account.Actor, conversation db.ID, choose func(has []db.ID) []db.ID) error {
	return r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := r.ChangeTagsIn(ctx, tx, actor, conversation, choose)
		return err
	})
}

// ChangeTagsIn gives the open ticket of a conversation the tags that are chosen from those it has, and tells whether that changed
// any. It fails as SetTags.
func (r *Room) ChangeTagsIn(ctx context.Context, tx *db.Tx, actor account.Actor, conversation db.ID, choose func(has []db.ID) []db.ID) (changed bool, err error) {
	if err := actor.Has(account.Reply); err != nil {
		return false, err
	}
	t, err := r.openTicketOf(ctx, tx, actor.Workspace, conversation)
	if err != nil {
		return false, err
	}
	has, err := tagsOf(ctx, tx, t.ID)
	if err != nil {
		return false, err
	}
	if changed, err = r.tagIn(ctx, tx, actor, t, has, choose(slices.Clone(has))); err != nil || !changed {
		return false, err
	}
	return true, r.tellChange(ctx, tx, t)
}

func tagsOf(ctx context.Context, tx *db.Tx, ticket db.ID) ([]db.ID, error) {
	has, err := db.All[db.ID](ctx, tx, "select tag_id from ticket_tags where ticket_id = $1 order by tag_id", ticket)
	if err != nil {
		return nil, fmt.Errorf("tags: %w", err)
	}
	return has, nil
}

// tagIn gives a ticket tags in place of those it has, and tells whether they are others.
func (r *Room) tagIn(ctx context.Context, tx *db.Tx, actor account.Actor, t Ticket, has, tags []db.ID) (bool, error) {
	tags = slices.Clone(tags)
	slices.Sort(tags)
	tags = slices.Compact(tags)
	if slices.Equal(has, tags) {
		return false, nil
	}
	if len(tags) > maxTicketTags {
		return false, fault.New(fault.Invalid, "ticket.tags_many", "A ticket has at most %d tags.", maxTicketTags).On("tags").With("limit", maxTicketTags)
	}
	if err := r.tagsExist(ctx, tx, t.Workspace, tags); err != nil {
		return false, err
	}
	if _, err := tx.Exec(ctx, "delete from ticket_tags where ticket_id = $1", t.ID); err != nil {
		return false, fmt.Errorf("tags: %w", err)
	}
	rows := make([][]any, len(tags))
	for i, tag := range tags {
		rows[i] = []any{int64(t.Workspace), int64(t.ID), int64(tag)}
	}
	if _, err := tx.Insert(ctx, "ticket_tags (workspace_id, ticket_id, tag_id)", "", rows); err != nil {
		return false, err
	}
	added := slices.DeleteFunc(tags, func(id db.ID) bool { return slices.Contains(has, id) })
	if len(added) == 0 {
		return true, nil
	}
	fact := t.fact(TicketTagged, actor.User)
	fact.Data = TaggedFact{TicketFact: fact.Data.(TicketFact), Added: added}
	return true, r.log.Append(ctx, tx, fact)
}

func (r *Room) tagsExist(ctx context.Context, tx *db.Tx, workspace db.ID, tags []db.ID) error {
	n, err := db.One[int](ctx, tx, "select count(*) from tags where workspace_id = $1 and id in ({ids:$2})", workspace, db.IDs(tags))
	if err == nil && n != len(tags) {
		err = fault.New(fault.NotFound, "tag.unknown", "There is no such tag.").On("tags")
	}
	return err
}

// tellChange says that a conversation's row is not what it was.
func (r *Room) tellChange(ctx context.Context, tx *db.Tx, t Ticket) error {
	return r.log.Append(ctx, tx, event.Fact{Workspace: t.Workspace, Kind: Changed, Subject: t.Conversation, Data: ChangedFact{Conversation: t.Conversation}})
}

// Tags gives the tags of the row's open ticket.
func (row Row) Tags() []db.ID {
	var ids []db.ID
	for text := range strings.SplitSeq(row.TagIDs, ",") {
		if id, err := db.ParseID(text); err == nil && id != 0 {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}
