-- +goose Up
-- inbox: where the service of a number is set apart from the company's (B170)
create table inbox_attention (
    inbox_id bigint primary key,
    workspace_id bigint not null,
    version bigint not null,                       -- one more with every change
    own_json text not null,                        -- only what is set apart
    edited_by bigint,                              -- null: the house itself
    edited_name text not null default '',
    updated_at bigint not null
);
