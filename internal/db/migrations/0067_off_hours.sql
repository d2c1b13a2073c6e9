-- +goose Up
-- bot: who wrote while nobody answered on a number, and whether they want to be told when somebody does
create table off_hours (
    workspace_id bigint not null,
    id bigint primary key,
    inbox_id bigint not null,
    conversation_id bigint not null,
    opens_at bigint not null,                      -- the opening that ends the closing, as the hours were then; 0: none
    message_id bigint not null,                    -- the first they wrote
    written_at bigint not null,                    -- when, by the provider's clock
    asked_at bigint,                               -- when they asked to be told at the opening
    outcome text not null default '',              -- of asking: told, answered, served, barred, refused; '': open
    told_at bigint,                                -- when that was decided
    told_message_id bigint,                        -- the template that told them
    answer text not null default '',               -- to it: yes, no
    sent_at bigint,                                -- when somebody of ours wrote first since
    sent_message_id bigint
);
create unique index off_hours_once on off_hours (conversation_id, opens_at);
create index off_hours_listed on off_hours (workspace_id, written_at, id);
create index off_hours_asked on off_hours (inbox_id, asked_at) where asked_at is not null and outcome = '';
create index off_hours_told on off_hours (told_message_id) where told_message_id is not null;
