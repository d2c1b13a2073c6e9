-- +goose Up
-- campaign: what a campaign waits for by itself
alter table campaigns add column wait_json text not null default '';      -- {"code":…,"params":…}: a full queue; '': nothing
alter table campaigns add column wait_until bigint not null default 0;    -- it looks again then
