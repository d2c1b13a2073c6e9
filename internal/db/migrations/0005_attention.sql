-- +goose Up
-- Closing, tags, the order of waiting, snooze, and who worked when.

-- conversation ----------------------------------------------------------------------------------------------------------
create table closing_rules (                       -- how a workspace closes tickets (E20); without a row the defaults hold
    workspace_id bigint primary key,
    rules_json text not null
);
create table tags (
    workspace_id bigint not null,
    id bigint primary key,
    name text not null,
    name_key text not null,                        -- folded: two tags differ by more than accents and case
    color text not null,                           -- a name of the palette, never a value
    suggested smallint not null default 0,         -- 1: offered first when a ticket is closed
    created_at bigint not null,
    unique (workspace_id, name_key)
);
create table ticket_tags (
    workspace_id bigint not null,
    ticket_id bigint not null,
    tag_id bigint not null,
    primary key (ticket_id, tag_id)
);
create index ticket_tags_tag on ticket_tags (workspace_id, tag_id, ticket_id);

alter table tickets add column category text not null default '';       -- of the closing note
alter table tickets add column priority smallint not null default 0;    -- -1 low, 0 normal, 1 high, 2 urgent
alter table tickets add column on_hold_at bigint;                       -- since when its timers stand still; null: they run
alter table tickets add column passed_user_id bigint;                   -- let it lapse without a first answer: push passes this agent over

alter table conversations add column priority smallint not null default 0; -- of the open ticket
alter table conversations add column on_hold_at bigint;                    -- of the open ticket
alter table conversations add column snoozed_until bigint;                 -- out of its holder's list until then, or until the person writes
alter table conversations add column queued_at bigint;                     -- since when the open ticket has no answer of an agent to wait after
-- Waking looks for what is due every few seconds; the index holds nothing but what sleeps.
create index conversations_asleep on conversations (snoozed_until) where snoozed_until is not null;

-- routing ---------------------------------------------------------------------------------------------------------------
create table attention (                           -- how a workspace hands out tickets; its row is held while push gives some
    workspace_id bigint primary key,
    settings_json text not null default ''         -- '': the defaults
);
create table agent_capacity (                      -- overrides the capacity of an agent's queues
    workspace_id bigint not null,
    user_id bigint not null,
    capacity bigint not null,
    primary key (workspace_id, user_id)
);
alter table queues add column position bigint not null default 0;       -- order in lists; equal ones by name
alter table availability add column given_at bigint not null default 0; -- when the agent last got a ticket: who waits longest is next
create table availability_periods (                -- who was what and when (X17)
    workspace_id bigint not null,
    id bigint primary key,
    user_id bigint not null,
    state text not null,                           -- online | away | invisible | offline (no desk open)
    reason text not null default '',               -- of a pause
    since bigint not null,
    until bigint                                   -- null: still
);
create unique index availability_periods_open on availability_periods (workspace_id, user_id) where until is null;
create index availability_periods_since on availability_periods (workspace_id, since, user_id);
