-- +goose Up
-- campaign: where recipients live, so that nobody is written to at night
alter table recipients add column zones text not null default '';          -- IANA names by the phone number, with spaces between; '': that of the sending number
create index recipients_zones on recipients (campaign_id, inbox_id, zones, template_id, id) where state = 0;
alter table campaigns add column quiet_until bigint not null default 0;    -- all who wait are in quiet hours until then
