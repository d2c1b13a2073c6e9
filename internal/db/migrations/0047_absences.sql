-- +goose Up
-- bot: nobody answers on a number for a while
create table absences (
    workspace_id bigint not null,
    inbox_id bigint primary key,
    since bigint not null,                         -- 0: off
    until bigint not null,                         -- 0: until somebody switches it off
    words text not null,
    colleague_id bigint,                           -- user who answers instead
    other_inbox_id bigint,                         -- number to write to instead
    updated_by bigint,                             -- null: an API key
    updated_at bigint not null
);
create index absences_on on absences (workspace_id) where since > 0;
