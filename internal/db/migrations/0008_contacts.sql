-- +goose Up
-- Contacts as people see them: one person of several addresses, notes, blocking, sheets in and out.

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

create table contact_sheets (                      -- imports and exports of contacts, done in the background
    workspace_id bigint not null,
    id bigint primary key,
    kind text not null,                            -- import | export
    state text not null,                           -- ready (a file waits for its mapping) | waiting | working | done | failed
    file_id bigint,                                -- the sheet: uploaded, or written by the export
    file_name text not null default '',
    errors_file_id bigint,                         -- rows left out, with the reason in words
    args_json text not null default '{}',          -- import: headers and what each column holds; export: the filters
    done_rows bigint not null default 0,           -- rows read or written
    made bigint not null default 0,
    changed bigint not null default 0,
    wrong bigint not null default 0,               -- rows left out
    part bigint not null default 0,                -- of the work, 0 to 100
    reason text not null default '',               -- code of a failure
    asked_by bigint not null,                      -- the user, whose reach an export has
    locale text not null default 'es',             -- language of the reasons and headers
    created_at bigint not null,
    finished_at bigint
);
create index contact_sheets_asked on contact_sheets (workspace_id, asked_by, id);
