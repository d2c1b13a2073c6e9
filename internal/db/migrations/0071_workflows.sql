-- +goose Up
-- workflow: what is done by itself when something happens, the runs that do it, and what they did
alter table events add column cause_id bigint not null default 0;  -- of a fact that is the consequence of a run; 0: none

create table workflows (
    workspace_id bigint not null,
    id bigint primary key,
    name text not null,
    name_key text not null,                        -- folded: no two of a workspace are alike
    draft_json text not null,
    revision bigint not null,                      -- one more with every edit; an edit says which it saw
    published bigint not null default 0,           -- the version new runs follow; 0: none yet
    on_at bigint,                                  -- since when it is switched on; null: off. What happened before starts nothing
    paused_at bigint,                              -- it failed too often in a row; null: not
    failures bigint not null default 0,            -- runs in a row that failed
    kind text not null default '',                 -- of the published trigger, with what it needs
    minutes bigint not null default 0,
    queue_id bigint,
    tag_id bigint,
    edited_by bigint,
    edited_name text not null,
    updated_at bigint not null
);
create unique index workflows_name on workflows (workspace_id, name_key);
create index workflows_on on workflows (workspace_id, kind) where on_at is not null;

create table workflow_versions (                   -- never changed: a run goes on in the one it began with
    workspace_id bigint not null,
    workflow_id bigint not null,
    version bigint not null,
    plan_json text not null,
    published_by bigint,
    published_name text not null,
    published_at bigint not null,
    primary key (workflow_id, version)
);

create table workflow_runs (
    workspace_id bigint not null,
    id bigint primary key,                         -- in the order of what happened
    workflow_id bigint not null,
    version bigint not null,
    conversation_id bigint not null,
    ticket_id bigint,                              -- it is about; null: none was open, or not yet
    fact text not null,                            -- what started it: one run for each
    kind text not null,                            -- of the trigger
    said text not null default '',                 -- by the person, when that started it
    state text not null,                           -- ready, waiting, calling; done, failed, unmet, held, stopped
    branch text not null default '',               -- that is gone through
    place bigint not null default 0,               -- of the next step in it
    serial bigint not null default 0,              -- one more with every wait or call
    tries bigint not null default 0,               -- of a step that something unforeseen kept from being made
    failed bigint not null default 0,              -- steps that failed
    depth bigint not null default 0,               -- runs it is a consequence of …
    chain text not null default '',                -- … and their workflows, with commas around each
    call_json text not null default '',            -- what another system is being asked
    reason text not null default '',               -- code: why it was held or stopped
    due_at bigint,                                 -- when it goes on; null: it is over
    began_at bigint not null,
    ended_at bigint
);
create unique index workflow_runs_once on workflow_runs (workflow_id, fact);
create index workflow_runs_due on workflow_runs (due_at) where due_at is not null;
create index workflow_runs_ready on workflow_runs (conversation_id, id) where state = 'ready';
create index workflow_runs_conversation on workflow_runs (conversation_id, began_at);
create index workflow_runs_of on workflow_runs (workflow_id, id);
create index workflow_runs_began on workflow_runs (began_at);

create table workflow_lines (                      -- what runs did
    workspace_id bigint not null,
    run_id bigint not null,
    id bigint not null,                            -- counts up in the run
    step text not null,
    kind text not null,
    did text not null,
    reason text not null,                          -- code with words; empty: none
    params_json text not null,                     -- its values
    words text not null,
    at bigint not null,
    primary key (run_id, id)
);
