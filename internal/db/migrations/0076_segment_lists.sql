-- +goose Up
-- contact: where the people of a list come from, how many were put into it, and whether more are still coming
alter table segments add column origin text not null default '';               -- name of the sheet
alter table segments add column size bigint not null default 0;
alter table segments add column filling smallint not null default 0;           -- 1: not all of its people are in yet
-- campaign: lists that are being filled with the people of a checked sheet
create table campaign_fills (
    segment_id bigint primary key,                 -- corrections of the sheet stand under this id too, as they were when it began
    workspace_id bigint not null,
    settings_json text not null,                   -- the campaign as it was
    asked_json text not null,
    done_row bigint not null default 0,            -- rows up to this number are in
    run_id bigint,
    run_node bigint,
    run_until bigint not null default 0
);
