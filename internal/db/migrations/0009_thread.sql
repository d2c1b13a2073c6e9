-- +goose Up
-- What happens to a message after it was said: changed or taken back by its author, or put away by us. Zero means never.
alter table messages add column edited_at bigint not null default 0;     -- provider's time of the newest change by its author; body is what it says now
alter table messages add column revoked_at bigint not null default 0;    -- provider's time at which its author took it back; what it said stays
alter table messages add column discarded_at bigint not null default 0;  -- a failed message an agent put away: hidden for as long as it is failed

create table message_changes (
    workspace_id bigint not null,
    id bigint primary key,
    message_id bigint not null,
    inbox_id bigint not null,
    kind text not null,                            -- edit | revoke
    external_id text not null,                     -- the provider's id of the change itself: it is applied once
    body text not null default '',                 -- of an edit: the words that are no longer those of the message
    at bigint not null                             -- provider's time of the change
);
create unique index message_changes_external on message_changes (external_id, inbox_id);
create index message_changes_message on message_changes (message_id, at);
