package conversation

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"recado/internal/account"
	"recado/internal/contact"
	"recado/internal/db"
	"recado/internal/fault"
)

const (
	maxReplyTitle = 30             // characters (B57)
	undoFor       = 24 * time.Hour // what was deleted can be taken back; the screen offers it for 8 seconds
	bodyShown     = 600            // characters of the text in lists
)

// QuickReply is a stored text an agent inserts.
type QuickReply struct {
	ID           db.ID  `db:"id"`
	Category     db.ID  `db:"category_id"`
	CategoryName string `db:"category_name"`
	Title        string `db:"title"`
	TitleKey     string `db:"title_key"` // folded, for order
	Body         string `db:"body"`      // in lists at most its first 600 characters
	Size         int64  `db:"size"`      // characters of the whole text
	Uses         int64  `db:"uses"`
	UpdatedAt    int64  `db:"updated_at"` // Unix milliseconds
}

// Whole tells whether Body is the whole text.
func (q QuickReply) Whole() bool { return q.Size <= bodyShown }

// ReplyDraft is what is written of a quick reply.
type ReplyDraft struct {
	Category db.ID
	Title    string
	Body     string
}

func (d *ReplyDraft) check() (err error) {
	if d.Title, err = oneLine(d.Title, maxReplyTitle, "title"); err != nil {
		return err
	}
	d.Body = strings.TrimRight(clean(d.Body), " \t\r\n")
	if strings.TrimSpace(d.Body) == "" {
		return fault.New(fault.Invalid, "quick_reply.body", "Write the text of the reply.").On("body")
	}
	return nil
}

// ReplyPage is a part of a list; Next asks for the following part and is empty at the end.
type ReplyPage struct {
	Items []QuickReply
	Next  string
}

const (
	replyColumns = "r.id, r.category_id, c.name as category_name, r.title, r.title_key, r.uses, r.updated_at, length(r.body) as size"
	replyFrom    = " from quick_replies r join quick_reply_categories c on c.id = r.category_id where r.workspace_id = $1 and r.deleted_at is null and " + withinReach
)

// QuickReplies gives the replies within reach by title: of one category, or of all (0), with every word of search in title, category
// or text; accents and case make no difference. limit is 1 to 200; 0 means 50. It fails with Invalid for a cursor that is not ours.
func (r *Room) QuickReplies(ctx context.Context, reach Reach, category db.ID, search, cursor string, limit int) (ReplyPage, error) {
	after, err := readReplyPlace(cursor)
	if err != nil {
		return ReplyPage{}, err
	}
	limit = pageSize(limit)
	b := replyQuery{text: "select " + replyColumns + fmt.Sprintf(", substr(r.body, 1, %d) as body", bodyShown) + replyFrom, args: reach.args()}
	b.and("(r.title_key, r.id) > ($a, $b)", after.Title, after.ID)
	if category != 0 {
		b.and("r.category_id = $a", category)
	}
	b.andWords(search)
	b.and("1 = 1 order by r.title_key, r.id limit $a", limit+1)
	items, err := db.All[QuickReply](ctx, r.d, b.text, b.args...)
	if err != nil {
		return ReplyPage{}, fmt.Errorf("quick replies: %w", err)
	}
	page := ReplyPage{Items: items}
	if len(items) > limit {
		last := items[limit-1]
		page.Items, page.Next = items[:limit], replyPlace{last.TitleKey, last.ID}.cursor()
	}
	return page, nil
}

// QuickReply gives one reply within reach, with its whole text. It fails with NotFound.
func (r *Room) QuickReply(ctx context.Context, reach Reach, id db.ID) (QuickReply, error) {
	return quickReply(ctx, r.d, reach, id)
}

func quickReply(ctx context.Context, q db.Querier, reach Reach, id db.ID) (QuickReply, error) {
	found, err := db.One[QuickReply](ctx, q, "select "+replyColumns+", r.body"+replyFrom+" and r.id = $5", append(reach.args(), id)...)
	if db.None(err) {
		return found, noSuchReply()
	}
	return found, err
}

// CreateReply writes a quick reply. It fails with Invalid ("quick_reply.title", "quick_reply.body"), with NotFound when the category
// is not within reach, and with Conflict when a reply within reach has the title ("quick_reply.title_taken").
func (r *Room) CreateReply(ctx context.Context, actor account.Actor, reach Reach, draft ReplyDraft) (made QuickReply, err error) {
	err = r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		id, err := r.createReplyIn(ctx, tx, actor, reach, draft)
		if err != nil {
			return err
		}
		if err := r.spread(ctx, tx, reach, draft.Category, id); err != nil {
			return err
		}
		made, err = quickReply(ctx, tx, reach, id)
		return err
	})
	return made, err
}

const insertReply = "quick_replies (workspace_id, id, category_id, title, title_key, updated_by, updated_at, created_at, search, body)"

func (r *Room) createReplyIn(ctx context.Context, tx *db.Tx, actor account.Actor, reach Reach, draft ReplyDraft) (db.ID, error) {
	if err := draft.check(); err != nil {
		return 0, err
	}
	category, err := replyCategory(ctx, tx, reach, draft.Category)
	if err != nil {
		return 0, err
	}
	if err := titleFree(ctx, tx, reach, draft, 0); err != nil {
		return 0, err
	}
	id := tx.NewID()
	row := []any{int64(reach.Workspace), int64(id), int64(draft.Category), draft.Title, contact.Fold(draft.Title), orNull(actor.User), tx.Now(), tx.Now(),
		contact.Fold(draft.Body), draft.Body}
	n, err := tx.Insert(ctx, insertReply, "on conflict do nothing", [][]any{row})
	if err != nil {
		return 0, fmt.Errorf("create quick reply: %w", err)
	}
	if n == 0 { // somebody wrote the same title at the same moment
		return 0, titleTaken(category.Name)
	}
	return id, nil
}

func titleTaken(category string) error {
	return fault.New(fault.Conflict, "quick_reply.title_taken", "The title is already used in %q.", category).On("title").With("category", category)
}

// titleFree fails when another reply within reach has the title; the fault names its category.
func titleFree(ctx context.Context, q db.Querier, reach Reach, draft ReplyDraft, self db.ID) error {
	args := append(reach.args(), contact.Fold(draft.Title), max(self, 1))
	taken, err := db.All[string](ctx, q, "select c.name"+replyFrom+" and r.title_key = $5 and r.id <> $6 limit 1", args...)
	if err == nil && len(taken) > 0 {
		err = titleTaken(taken[0])
	}
	return err
}

const changeReply = `update quick_replies set category_id = $3, title = $4, title_key = $5, body = $6, search = $7, updated_by = $8, updated_at = $9
	where id = $1 and workspace_id = $2`

// ChangeReply writes a quick reply anew; the category may be another one. It fails with NotFound, and as CreateReply.
func (r *Room) ChangeReply(ctx context.Context, actor account.Actor, reach Reach, id db.ID, draft ReplyDraft) (changed QuickReply, err error) {
	if err := draft.check(); err != nil {
		return changed, err
	}
	err = r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := quickReply(ctx, tx, reach, id); err != nil {
			return err
		}
		if _, err := replyCategory(ctx, tx, reach, draft.Category); err != nil {
			return err
		}
		if err := titleFree(ctx, tx, reach, draft, id); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, changeReply, id, reach.Workspace, draft.Category, draft.Title, contact.Fold(draft.Title), draft.Body, contact.Fold(draft.Body), actor.User, tx.Now())
		if err != nil {
			return fmt.Errorf("change quick reply: %w", err)
		}
		if err := r.spread(ctx, tx, reach, draft.Category, id); err != nil {
			return err
		}
		changed, err = quickReply(ctx, tx, reach, id)
		return err
	})
	return changed, err
}

// replyPlace is where a reply stands in a list.
type replyPlace struct {
	Title string `json:"t"`
	ID    db.ID  `json:"i"`
}

func (p replyPlace) cursor() string {
	text, _ := json.Marshal(p) // a text and a number: it can not fail
	return base64.RawURLEncoding.EncodeToString(text)
}

func readReplyPlace(cursor string) (p replyPlace, err error) {
	if cursor == "" {
		return replyPlace{"", 0}, nil
	}
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	if err == nil {
		err = json.Unmarshal(text, &p)
	}
	if err != nil {
		return p, fault.New(fault.Invalid, "cursor", "This is not a place in the list. Load the list again.").On("cursor")
	}
	return p, nil
}
