-- +goose Up
-- notice: what a user is told beside the list of conversations
create table notices (
    workspace_id bigint not null,
    id bigint primary key,
    user_id bigint not null,
    kind text not null,                            -- assigned | mentioned | answered | dropped
    conversation_id bigint not null,
    message_id bigint,
    by_id bigint,                                  -- the user who did it
    body text not null default '',                 -- what was said, shortened
    times bigint not null default 1,               -- how often it happened since it was read
    created_at bigint not null,                    -- of the last time
    read_at bigint
);
create index notices_user on notices (workspace_id, user_id, created_at);
create unique index notices_unread on notices (user_id, conversation_id, kind) where read_at is null;  -- what happens again is counted, not repeated
create table notice_settings (
    workspace_id bigint not null,
    user_id bigint not null,
    settings_json text not null,
    primary key (workspace_id, user_id)
);
