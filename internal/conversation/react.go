package conversation

import (
	"context"
	"fmt"
	"time"

	"recado/internal/account"
	"recado/internal/channel"
	"recado/internal/db"
	"recado/internal/fault"
)

// maxEmoji bounds a reaction in bytes: the longest joined emoji (a family, a flag of tags) stays below it.
const maxEmoji = 40

// reactLimit is how old the message under a reaction may be (whatsapp-cloud-api §2.1).
const reactLimit = 30 * 24 * time.Hour

func (d Draft) checkReaction() error {
	if d.ReplyTo == 0 {
		return fault.New(fault.Invalid, "message.react", "There is nothing to react to.").On("reply_to_id")
	}
	if len(d.Content.Emoji) > maxEmoji {
		return fault.New(fault.Invalid, "message.emoji", "A reaction is one emoji.").On("emoji")
	}
	return nil
}

// reactable makes sure that the provider has the message under a reaction and still takes one for it.
func reactable(ctx context.Context, tx *db.Tx, t thread, id db.ID) error {
	n, err := db.One[int](ctx, tx, `select count(*) from messages where id = $1 and conversation_id = $2 and direction <= 2 and kind <> 'reaction'
		and external_id is not null and revoked_at = 0 and created_at > $3`, id, t.ID, tx.Now()-reactLimit.Milliseconds())
	if err != nil || n == 0 {
		return orFault(err, fault.New(fault.Invalid, "message.react", "This message cannot take a reaction.").On("reply_to_id"))
	}
	return nil
}

const answeredSince = `select u.name from messages m join users u on u.id = m.author_id where m.conversation_id = $1 and m.id > $2
	and m.direction = 2 and m.author = 'agent' and m.author_id <> $3 and m.kind <> 'reaction' order by m.id desc limit 1`

// notAnswered refuses what was written while another agent answered. Only agents who say what they had seen are asked.
func notAnswered(ctx context.Context, tx *db.Tx, actor account.Actor, draft Draft) error {
	if draft.SeenThrough == 0 || draft.Kind == KindNote || draft.Kind == channel.Reaction {
		return nil
	}
	name, err := db.One[string](ctx, tx, answeredSince, draft.Conversation, draft.SeenThrough, actor.User)
	switch {
	case db.None(err):
		return nil
	case err != nil:
		return fmt.Errorf("answers of others: %w", err)
	}
	return fault.New(fault.Conflict, "message.answered", "%s answered while you were writing.", name).With("name", name)
}
