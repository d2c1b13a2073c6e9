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

create table archives (                            -- report: ZIPs of tickets, each for the person who asked
    workspace_id bigint not null,
    id bigint primary key,
    user_id bigint not null,
    state text not null,                           -- running | ready | failed
    tickets_json text not null,                    -- their ids; when it is ready, of those that are in it
    base text not null,                            -- our public address, below which files are linked
    locale text not null,
    revoked smallint not null default 0,           -- 1: it has what authors took back
    total bigint not null,                         -- tickets asked for
    done bigint not null default 0,                -- of them dealt with
    left_out bigint not null default 0,            -- no longer within reach when their turn came
    size bigint not null default 0,                -- bytes
    run bigint not null default 1,                 -- which run is the one that counts
    lease_until bigint not null,                   -- it tells before that it goes on, else another run takes its place
    problem text not null default '',              -- code of why it failed
    created_at bigint not null,
    finished_at bigint not null default 0,
    expires_at bigint not null default 0           -- 0: not yet over
);
create index archives_user on archives (workspace_id, user_id, id);
create unique index archives_one on archives (workspace_id, user_id) where state = 'running';  -- one at a time
