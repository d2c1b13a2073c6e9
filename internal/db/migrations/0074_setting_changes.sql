-- +goose Up
-- fleet: the journal of settings of numbers (X34): one line for each part on each number
create table setting_changes (
    workspace_id bigint not null,
    id bigint primary key,
    change_id bigint not null,                     -- what was done in one go
    inbox_id bigint not null,
    part text not null,                            -- attention | chatbot | hours | absence
    at bigint not null,
    user_id bigint,                                -- null: an API key, or the house itself
    user_name text not null,
    how text not null,                             -- edit | copy | undo
    model_inbox_id bigint,                         -- copied from, or begun with; null: none
    undoes_id bigint,                              -- the change that is taken back
    before_json text not null,
    after_json text not null
);
create index setting_changes_change on setting_changes (workspace_id, change_id);
create index setting_changes_number on setting_changes (workspace_id, inbox_id, change_id);
create index setting_changes_undoes on setting_changes (workspace_id, undoes_id) where undoes_id is not null;
