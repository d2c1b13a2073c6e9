-- +goose Up
-- bot: flows with their published versions, where a conversation waits in one, and what flows did
create table flows (
    workspace_id bigint not null,
    id bigint primary key,
    name text not null,
    name_key text not null,                        -- folded: no two of a workspace are alike
    draft_json text not null,
    revision bigint not null,                      -- one more with every edit; an edit says which it saw
    published bigint not null default 0,           -- the version new conversations begin with; 0: none yet
    edited_by bigint,
    edited_name text not null,
    updated_at bigint not null
);
create unique index flows_name on flows (workspace_id, name_key);

create table flow_versions (                       -- never changed: conversations go on in the one they began with
    workspace_id bigint not null,
    flow_id bigint not null,
    version bigint not null,
    name text not null,
    flow_json text not null,
    published_by bigint,
    published_name text not null,
    published_at bigint not null,
    primary key (flow_id, version)
);

create table flow_lines (                          -- what flows did, kept for a month
    workspace_id bigint not null,
    id bigint primary key,
    conversation_id bigint not null,
    ticket_id bigint not null,
    flow_id bigint not null,
    version bigint not null,
    block text not null,
    kind text not null,
    did text not null,
    words text not null,
    at bigint not null
);
create index flow_lines_conversation on flow_lines (conversation_id, id);
create index flow_lines_at on flow_lines (at);

alter table bots add column flow_id bigint;        -- plays instead of the menus
alter table bot_states add column due_at bigint;   -- when what it waits for is over; null: not bounded
create index bot_states_due on bot_states (due_at) where due_at is not null;
