-- +goose Up
-- bot: outside brains that talk with people in flows
create table brains (
    workspace_id bigint not null,
    id bigint primary key,
    name text not null,
    config_json text not null,                     -- where and how it is asked
    secret {{bytes}},                      -- key or service account, sealed; null: none
    updated_at bigint not null
);
create index brains_workspace on brains (workspace_id);
