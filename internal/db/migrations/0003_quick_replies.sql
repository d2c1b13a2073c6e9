-- +goose Up
-- Quick replies: stored texts an agent inserts, in categories (B51-B59). Which numbers a category is on: conversation/quick_reply_reach.go.
create table quick_reply_categories (
    workspace_id bigint not null,
    id bigint primary key,
    name text not null,                            -- at most 60 characters (B58), on one line
    name_key text not null,                        -- folded: what is searched and compared
    position bigint not null,                      -- order on the screen, from 1
    everywhere smallint not null default 0,        -- 1: on all numbers, since somebody who sees all of them wrote in it
    created_by bigint,                             -- user; null: a key or the house
    created_at bigint not null,
    deleted_at bigint                              -- set: gone with its replies; it can be taken back for a day
);
create index quick_reply_categories_workspace on quick_reply_categories (workspace_id, position, id);
-- The numbers a category is on: those of everybody who wrote in it (B54).
create table quick_reply_inboxes (
    workspace_id bigint not null,
    category_id bigint not null,
    inbox_id bigint not null,
    primary key (category_id, inbox_id)
);
create table quick_replies (
    workspace_id bigint not null,
    id bigint primary key,
    category_id bigint not null,
    title text not null,                           -- at most 30 characters (B57), on one line
    title_key text not null,                       -- folded: what is searched, compared and sorted
    uses bigint not null default 0,                -- how often it was inserted
    updated_by bigint,                             -- user; null: a key or the house
    updated_at bigint not null,
    created_at bigint not null,
    deleted_at bigint,                             -- set: gone; it can be taken back for a day
    search text not null,                          -- the folded text
    body text not null                             -- text without limit (B59), only text (B56); last, since it may be long
);
create unique index quick_replies_title on quick_replies (category_id, title_key) where deleted_at is null;
create index quick_replies_workspace on quick_replies (workspace_id, title_key, id);
