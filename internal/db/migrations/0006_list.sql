-- +goose Up
-- What the list of conversations needs beside the main job: other orders, who answered last, what one agent began to
-- write, mentions, and views kept by their owner.

alter table conversations add column last_agent_id bigint;      -- who held the last ticket when it was closed; "closed" of "mine" (E07)

-- Waiting longest is the order agents work in. Only those who wait are in it, so answering and closing make it shorter; the
-- columns after the id let reach and holder be asked without the row.
create index conversations_waits on conversations (workspace_id, waiting_since, id, assignee_id, inbox_id, queue_id, holder, state)
    where state = 1 and waiting_since is not null;
-- Closest deadline, and "window closing": open ones by the end of their service window.
create index conversations_deadline on conversations (workspace_id, window_until, id, assignee_id, inbox_id, queue_id, holder, state) where state = 1;
-- Closed ones by who answered last. Open conversations are not in it, so messages cost nothing more.
create index conversations_closed_by on conversations (workspace_id, last_agent_id, last_message_at, id) where state = 2 and last_agent_id is not null;

create table drafts (                              -- words begun and not sent: one agent's own
    workspace_id bigint not null,
    user_id bigint not null,
    conversation_id bigint not null,
    mode text not null,                            -- reply | note
    body text not null,
    version bigint not null,                       -- another one with every change; who saves names the one it began from
    updated_at bigint not null,
    primary key (user_id, conversation_id, mode)
);
create index drafts_of on drafts (workspace_id, user_id, updated_at);

create table mentions (                            -- members named in internal notes
    workspace_id bigint not null,
    user_id bigint not null,                       -- who is named
    conversation_id bigint not null,
    message_id bigint not null,                    -- the note
    by_user_id bigint,                             -- who wrote it; null: an API key
    created_at bigint not null,
    seen_at bigint,                                -- the named one opened the conversation; null: not yet
    primary key (user_id, conversation_id, message_id)
);
create index mentions_of on mentions (workspace_id, user_id, message_id, conversation_id);
create index mentions_unseen on mentions (workspace_id, user_id, conversation_id) where seen_at is null;

create table saved_views (                         -- a list with its filters, kept by one user under a name
    workspace_id bigint not null,
    id bigint primary key,
    user_id bigint not null,
    name text not null,
    filter_json text not null,                     -- desk.ViewFilter
    created_at bigint not null
);
create index saved_views_of on saved_views (workspace_id, user_id, id);
