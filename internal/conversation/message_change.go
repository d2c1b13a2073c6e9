package conversation

import (
	"context"
	"fmt"

	"recado/internal/account"
	"recado/internal/db"
	"recado/internal/event"
	"recado/internal/fault"
)

const retry = `update messages set status = 10, not_before = 0, attempts = 0, requeued = 0, error_class = '', error_code = 0, error_detail = '', times_json = '',
	lane = 1, discarded_at = 0, created_at = created_at where id = $1 and status in (30, 55)`

// Retry puts a failed or unconfirmed message back into the outbox because a person decided so, in the agents' lane. A service
// window that closed meanwhile refuses it. Its external id stays until the new acceptance: news of the old try that it arrived
// after all still settles it. It fails with NotFound, or with Conflict "message.not_failed".
func (r *Room) Retry(ctx context.Context, actor account.Actor, message db.ID) (m Message, err error) {
	if err := actor.Has(account.Reply); err != nil {
		return Message{}, err
	}
	err = r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		m, err = r.messageIn(ctx, tx, actor.Workspace, message)
		if err != nil {
			return err
		}
		w, err := windowAt(ctx, tx, m.Workspace, m.Conversation, m.Author.Kind, tx.Now())
		if err != nil {
			return err
		}
		n, err := tx.Exec(ctx, retry, message)
		switch {
		case err != nil:
			return fmt.Errorf("retry: %w", err)
		case n == 0:
			return fault.New(fault.Conflict, "message.not_failed", "Only a message that failed or is unconfirmed can be sent again.")
		case !w.Allows(needs(m.Kind, categoryOf(m.Kind, string(m.Content)))):
			return w.refusal(m.Kind)
		}
		if err := r.tellStatus(ctx, tx, m, Queued); err != nil {
			return err
		}
		m, err = r.messageIn(ctx, tx, actor.Workspace, message)
		return err
	})
	return m, err
}

const settleByHand = `update messages set status = 55, error_class = 'cancelled', error_code = 0, error_detail = '' where id = $1 and status = 30`

// LetGo ends the wait for an unconfirmed message: a person decides that it shall not be sent again. It counts as failed until
// the provider tells otherwise. It fails with NotFound, or with Conflict "message.not_unconfirmed".
func (r *Room) LetGo(ctx context.Context, actor account.Actor, message db.ID) error {
	if err := actor.Has(account.Reply); err != nil {
		return err
	}
	return r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		m, err := r.messageIn(ctx, tx, actor.Workspace, message)
		if err != nil {
			return err
		}
		n, err := tx.Exec(ctx, settleByHand, message)
		if err != nil || n == 0 {
			return orFault(err, fault.New(fault.Conflict, "message.not_unconfirmed", "The outcome of this message is known."))
		}
		return r.tellStatus(ctx, tx, m, Failed)
	})
}

const (
	// One that was tried before may be with the provider: it is not ours to forget.
	takeBack = `delete from messages where id = $1 and status = 10 and attempts = 0 and external_id is null and requeued = 0 and campaign_id is null`
	// It stays: should it arrive after all, it is shown again.
	putAway = "update messages set discarded_at = $2 where id = $1 and status = 55 and direction = 2 and campaign_id is null"
)

// Remove takes a message back that is still queued, and puts one away that failed: it is not shown for as long as it is failed.
// It fails with NotFound, or with Conflict "message.left" for any other.
func (r *Room) Remove(ctx context.Context, actor account.Actor, message db.ID) error {
	if err := actor.Has(account.Reply); err != nil {
		return err
	}
	return r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		m, err := r.messageIn(ctx, tx, actor.Workspace, message)
		if err != nil {
			return err
		}
		n, err := tx.Exec(ctx, takeBack, message)
		if err == nil && n == 0 {
			n, err = tx.Exec(ctx, putAway, message, tx.Now())
		}
		if err != nil || n == 0 {
			return orFault(err, fault.New(fault.Conflict, "message.left", "The message is on its way and can not be taken back."))
		}
		fact := event.Fact{Workspace: m.Workspace, Kind: MessageRemoved, Subject: m.ID, Data: RemovedFact{m.ID, m.Conversation}}
		return r.log.Append(ctx, tx, fact)
	})
}

func messageNotFound() error {
	return fault.New(fault.NotFound, "message.not_found", "There is no such message.")
}

func (r *Room) messageIn(ctx context.Context, q db.Querier, workspace, id db.ID) (Message, error) {
	found, err := messagesBy(ctx, q, "where m.id = $1 and m.workspace_id = $2", id, workspace)
	if err == nil && len(found) == 0 {
		err = messageNotFound()
	}
	if err != nil {
		return Message{}, err
	}
	return found[0], nil
}

func (r *Room) tellStatus(ctx context.Context, tx *db.Tx, m Message, status Status) error {
	return r.log.Append(ctx, tx, event.Fact{Workspace: m.Workspace, Kind: StatusChanged,
		Data: StatusFact{[]StatusItem{{m.ID, m.Conversation, m.Campaign, status, tx.Now()}}}})
}

// MarkRead says that an agent read a conversation: nothing is unread any more, and mentions of the actor are seen. It tells conversation.changed with the newest
// inbound message, so that gateway can tell the provider, and nothing when all was read before.
func (r *Room) MarkRead(ctx context.Context, actor account.Actor, conversation db.ID) error {
	return r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, _, err := r.lockIn(ctx, tx, actor.Workspace, conversation); err != nil {
			return err
		}
		if err := r.seeMentionsIn(ctx, tx, actor, conversation); err != nil {
			return err
		}
		n, err := tx.Exec(ctx, "update conversations set unread = 0 where id = $1 and unread > 0", conversation)
		if err != nil || n == 0 {
			return err
		}
		last, err := db.One[db.ID](ctx, tx, "select id from messages where conversation_id = $1 and direction = 1 order by id desc limit 1", conversation)
		if err != nil && !db.None(err) {
			return fmt.Errorf("newest inbound message: %w", err)
		}
		return r.log.Append(ctx, tx, event.Fact{Workspace: actor.Workspace, Kind: Changed, Subject: conversation, Data: ChangedFact{conversation, last}})
	})
}

// MarkUnread says that somebody still has to read a conversation: what the person wrote last counts as unread again. What the person
// was told of it (read) stays. It fails with Conflict ("conversation.nothing_unread") when the person wrote nothing or it is closed:
// closed conversations have nothing unread.
func (r *Room) MarkUnread(ctx context.Context, actor account.Actor, conversation db.ID) error {
	return r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, _, err := r.lockIn(ctx, tx, actor.Workspace, conversation); err != nil {
			return err
		}
		n, err := tx.Exec(ctx, "update conversations set unread = case when unread > 0 then unread else 1 end where id = $1 and state = 1 and last_inbound_at > 0", conversation)
		if err != nil {
			return fmt.Errorf("mark unread: %w", err)
		}
		if n == 0 {
			return fault.New(fault.Conflict, "conversation.nothing_unread", "There is nothing of the person to read in this conversation.")
		}
		return r.log.Append(ctx, tx, event.Fact{Workspace: actor.Workspace, Kind: Changed, Subject: conversation, Data: ChangedFact{Conversation: conversation}})
	})
}

// ExternalID gives the provider's id of a message and its inbox; "" when the provider never had it.
func (r *Room) ExternalID(ctx context.Context, workspace, message db.ID) (inbox db.ID, external string, err error) {
	m, err := db.One[storedMessage](ctx, r.d, "select id, inbox_id, coalesce(external_id, '') as external_id from messages where id = $1 and workspace_id = $2", message, workspace)
	if db.None(err) {
		return 0, "", messageNotFound()
	}
	return m.Inbox, m.External, err
}
