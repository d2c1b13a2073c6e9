-- +goose Up
-- routing: how long a person, or the agent of a ticket, has said nothing (B170)
create table silences (
    workspace_id bigint not null,
    conversation_id bigint primary key,
    ticket_id bigint not null,
    side text not null,                            -- who is waited for: customer | agent
    cause_id bigint not null,                      -- what began it: a message, or the ticket
    said bigint not null default 0,                -- 1: the customer was spoken to, and closing comes next
    due_at bigint                                  -- null: nothing more happens in this silence
);
create index silences_due on silences (due_at) where due_at is not null;
