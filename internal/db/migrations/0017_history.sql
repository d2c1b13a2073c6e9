-- +goose Up
alter table workspaces add column history_months bigint not null default 3; -- how far back History shows tickets (B33)
create index tickets_opened on tickets (workspace_id, opened_at, id);           -- History, of who sees all
create index tickets_inbox on tickets (workspace_id, inbox_id, opened_at, id);  -- History, one stream per number within reach
