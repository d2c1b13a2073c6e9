-- +goose Up
-- conversation: a reply route names a child of a router (A12); bot: in which child of a router a person is (A26)
alter table reply_routes add column target_child_id bigint;

create table bot_places (
    workspace_id bigint not null,
    conversation_id bigint primary key,
    router_id bigint not null,                     -- the flow that hands people to children
    child_id bigint not null,
    until_at bigint not null                       -- afterwards the person is in none
);
