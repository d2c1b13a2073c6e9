-- +goose Up
-- template: those made here, and which of them agents use on a number
alter table templates add column touched_at bigint not null default 0;      -- Unix ms: when we last asked the provider to make or change it
alter table templates add column sample_file_id bigint;                      -- the file shown to the reviewer as its header; null: none of ours
create table template_edits (                      -- changes of approved templates that the provider took, which it counts
    workspace_id bigint not null,
    template_id bigint not null,
    at bigint not null
);
create index template_edits_template on template_edits (template_id, at);
create table template_offs (                       -- templates agents do not use on a number; without a row they do
    workspace_id bigint not null,
    inbox_id bigint not null,
    template_id bigint not null,
    primary key (inbox_id, template_id)
);
create table template_choices (                    -- when somebody last chose the templates of a number
    workspace_id bigint not null,
    inbox_id bigint primary key,
    changed_at bigint not null,
    changed_by bigint                              -- null: a program
);
