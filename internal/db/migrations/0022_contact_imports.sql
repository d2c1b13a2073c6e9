-- +goose Up
-- contact: sheets of people read into the contacts, and the rows that could not be used
create table contact_imports (
    workspace_id bigint not null,
    id bigint primary key,
    file_id bigint not null,
    file_name text not null,
    by_id bigint,                                  -- the user; null: an API key
    by_name text not null,
    state text not null,                           -- draft | running | done | stopped | failed
    headers_json text not null,
    rules_json text not null,
    total bigint not null,                         -- rows the file seems to have; 0: unknown
    counts_json text not null default '{}',
    part_permille bigint not null default 0,       -- of the file read
    done_row bigint not null default 0,            -- the last row that was dealt with: reading goes on behind it
    run bigint not null default 0,                 -- which run is the one that counts
    lease_until bigint not null default 0,         -- it tells before that it goes on, else another run takes its place
    problem_json text,                             -- why the sheet broke off
    created_at bigint not null,
    finished_at bigint
);
create index contact_imports_workspace on contact_imports (workspace_id, id);
create index contact_imports_running on contact_imports (lease_until) where state = 'running';
create table contact_import_problems (             -- a row that was left out, whole, so that it can be mended and given again
    import_id bigint not null,
    row_number bigint not null,
    cells_json text not null,
    problem_json text not null,
    primary key (import_id, row_number)
);
