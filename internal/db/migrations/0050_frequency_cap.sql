-- +goose Up
-- campaign: how often a person was written to lately is counted from here
create index recipients_person on recipients (contact_id, message_id) where message_id is not null;
