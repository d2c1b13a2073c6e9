-- +goose Up
-- conversation: a reply route names a block of a flow, where the conversation begins (A13)
alter table reply_routes add column target_block text not null default '';
