-- +goose Up
-- What sorting by priority and the filter "unread" read. Both hold few rows: most tickets are of normal priority, and what is
-- read stays read until the customer writes again.

create index conversations_priority on conversations (workspace_id, priority, id, assignee_id, inbox_id, queue_id, holder) where state = 1 and priority <> 0;
create index conversations_unread on conversations (workspace_id, last_message_at, id, assignee_id, inbox_id, queue_id, holder) where state = 1 and unread > 0;
