-- +goose Up
-- campaign: rows of a sheet corrected on the screen; the file stays as it was uploaded
create table campaign_corrections (
    workspace_id bigint not null,
    campaign_id bigint not null,
    row_number bigint not null,
    original_json text not null,                   -- the row as the file has it
    cells_json text not null,                      -- the row as it counts now
    taken_out smallint not null default 0,         -- 1: it counts for nothing until it is put back
    primary key (campaign_id, row_number)
);
