-- +goose Up
-- contact: people kept under a name, as a filter that is read anew each time or as a list
create table segments (
    workspace_id bigint not null,
    id bigint primary key,
    name text not null,
    name_fold text not null,                       -- folded name: two of a workspace never have the same
    kind text not null,                            -- filter | list
    query_json text not null default '{}',         -- of a filter: contact.Query
    by_id bigint,                                  -- who made it; null: an API key
    by_name text not null,
    created_at bigint not null,
    updated_at bigint not null,
    unique (workspace_id, name_fold)
);
create table segment_people (                      -- of a list
    workspace_id bigint not null,
    segment_id bigint not null,
    contact_id bigint not null,
    primary key (segment_id, contact_id)
);
create index segment_people_of on segment_people (contact_id);
-- campaign: the people a segment stood for when the campaign began
alter table campaigns add column people_before bigint not null default 0;      -- contacts below this id are still to be looked at; 0: not begun, -1: all are in
create table campaign_people (
    workspace_id bigint not null,
    campaign_id bigint not null,
    position bigint not null,                      -- from 1, in the order they were found
    contact_id bigint not null,
    primary key (campaign_id, position),
    unique (campaign_id, contact_id)
);
