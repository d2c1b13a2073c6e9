-- +goose Up
-- Contacts as people see them: one person of several addresses, notes, blocking.

-- A merged contact keeps its row, identities and conversations, and so its windows and the address its messages go to: another one
-- stands for it from then on.
alter table contacts add column merged_into bigint;    -- the contact that stands for it, never itself merged; null: it stands for itself
alter table contacts add column blocked_at bigint;     -- what this person writes is kept, and calls nobody
alter table contacts add column blocked_by bigint;
create index contacts_merged on contacts (merged_into) where merged_into is not null;

alter table conversations add column blocked smallint not null default 0; -- its contact is blocked; here, so that receiving asks nothing more

create table contact_notes (                       -- what colleagues should know of a person, beside any ticket
    workspace_id bigint not null,
    id bigint primary key,
    contact_id bigint not null,
    author_id bigint,                              -- null: an API key
    author_name text not null,
    body text not null,
    created_at bigint not null
);
create index contact_notes_contact on contact_notes (contact_id, id);
