-- +goose Up
-- campaign: what a message costs, as the workspace writes it down, and whom a checked sheet reaches
create table price_lists (
    workspace_id bigint primary key,
    currency text not null                         -- ISO 4217
);
create table prices (
    workspace_id bigint not null,
    market text not null,                          -- ISO 3166 in two letters, or a calling code with its plus: UY, +1
    category text not null,                        -- MARKETING, UTILITY, AUTHENTICATION
    micros bigint not null,                        -- of the currency, for one message
    primary key (workspace_id, market, category)
);
alter table campaigns add column reach_json text not null default '';  -- ready rows by number, template, zones and country, and by who gets the reply
