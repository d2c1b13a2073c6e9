-- +goose Up
-- campaign: who or what moved it, so that it can be told who let it go on
create table campaign_moves (
    workspace_id bigint not null,
    id bigint primary key,
    campaign_id bigint not null,
    state text not null,
    reason text not null default '',
    detail text not null default '',               -- values of the words of the reason
    by_id bigint not null default 0,               -- the user; 0: nobody, or an API key
    by_name text not null default '',
    at bigint not null
);
create index campaign_moves_of on campaign_moves (campaign_id, id);
alter table campaigns add column edited_name text not null default '';       -- who made the last edit, as they were called then
-- contact: every change of consent, never changed and never deleted
create table consents (
    workspace_id bigint not null,
    id bigint primary key,
    contact_id bigint not null,
    given bigint not null,                         -- 1: wants active messages again, 0: wants none
    kept bigint not null default 0,                -- 1: asked for and not done, since the person or a colleague had said otherwise
    scope text not null,                           -- marketing | everything
    source text not null,                          -- agent | provider | message | api | import | merge
    by_id bigint not null default 0,
    by_name text not null default '',
    wording text not null default '',              -- what the person wrote
    inbox_id bigint not null default 0,            -- by which number; 0: none
    at bigint not null
);
create index consents_contact on consents (contact_id, id);
create table consent_settings (
    workspace_id bigint primary key,
    settings_json text not null
);
alter table contacts add column opted_out_scope text not null default '';  -- marketing | everything; '' while not opted out
update contacts set opted_out_scope = 'marketing' where opted_out_at is not null;
