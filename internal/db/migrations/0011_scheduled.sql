-- +goose Up
-- conversation: single messages that are posted later (X09)
create table scheduled_messages (
    workspace_id bigint not null,
    id bigint primary key,
    conversation_id bigint not null,
    author_id bigint not null,                     -- the user who speaks
    client_id text not null,                       -- made by the author's client; the same one is kept once
    kind text not null,
    body text not null default '',
    content_json text not null default '',
    media_id bigint,
    fallback_json text not null default '',        -- the template that goes instead when the window is closed then; '': nothing goes
    due_at bigint not null,
    zone text not null,                            -- in which the author named the time
    state text not null,                           -- waiting | posted | dropped | cancelled
    reason text not null default '',               -- code, when dropped
    message_id bigint,                             -- what it became
    created_at bigint not null,
    unique (conversation_id, client_id)
);
create index scheduled_due on scheduled_messages (due_at, id) where state = 'waiting';
create index scheduled_conversation on scheduled_messages (conversation_id, due_at) where state in ('waiting', 'dropped');
