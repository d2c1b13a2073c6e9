-- +goose Up
-- campaign: the time as its author named it, which edit a screen saw, and what a workspace wants of its campaigns
alter table campaigns add column schedule_at text not null default '';     -- what the clocks of the zone show: 2026-11-30T09:00; '': a moment was given
alter table campaigns add column schedule_zone text not null default '';   -- IANA name
alter table campaigns add column version bigint not null default 1;        -- one more with every edit of a person
alter table campaigns add column edited_by bigint not null default 0;      -- the user; 0: an API key
alter table campaigns add column edited_at bigint not null default 0;
create table campaign_settings (
    workspace_id bigint primary key,
    settings_json text not null
);
-- template: why the provider refused or stopped it
alter table templates add column status_reason text not null default '';   -- its code, '' for none
