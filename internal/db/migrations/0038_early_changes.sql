-- +goose Up
create table early_changes (                       -- edits and deletions that arrived before the message they speak of
    workspace_id bigint not null,
    id bigint primary key,
    inbox_id bigint not null,
    original_id text not null,                     -- the provider's id of that message
    external_id text not null,                     -- and of the change itself: it is kept once
    event_json text not null,                      -- all of it: it may become a message of its own
    media_id bigint,
    received_at bigint not null
);
create unique index early_changes_external on early_changes (external_id, inbox_id);
create index early_changes_original on early_changes (original_id, inbox_id);
create index early_changes_received on early_changes (received_at);
