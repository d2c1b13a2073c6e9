-- +goose Up
-- campaign: calls that wrote to a few people at once, so that a call made again is answered and not done again
create table active_requests (
    workspace_id bigint not null,
    request_key text not null,                     -- made by the caller
    asked text not null,                           -- SHA-256 of what was asked
    campaign_id bigint not null,
    answer_json text not null,
    created_at bigint not null,
    primary key (workspace_id, request_key)
);
create index active_requests_age on active_requests (created_at);
alter table workspaces add column active_people bigint not null default 15; -- how many people an agent writes to first in one go
