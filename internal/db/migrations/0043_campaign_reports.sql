-- +goose Up
-- campaign: what lists are filtered by, and counted figures, so that a report reads a few rows of each campaign and no message
alter table campaigns add column name_fold text not null default '';           -- folded name, for searching
update campaigns set name_fold = lower(name);
drop index campaigns_list;
create index campaigns_found on campaigns (workspace_id, id, state, origin, created_by, started_at, scheduled_at, created_at, name_fold);
create index campaigns_started on campaigns (workspace_id, started_at, id) where started_at is not null;
create index campaigns_authors on campaigns (workspace_id, created_by);
create table campaign_uses (                       -- numbers and templates of a campaign: chosen for all, found in its sheet, or sent with
    workspace_id bigint not null,
    kind smallint not null,                        -- 1 number, 2 template
    what_id bigint not null,
    campaign_id bigint not null,
    primary key (workspace_id, kind, what_id, campaign_id)
);
create index campaign_uses_of on campaign_uses (campaign_id);
create table campaign_tallies (                    -- recipients by what became of them, as last counted
    workspace_id bigint not null,
    campaign_id bigint not null,
    inbox_id bigint not null,
    template_id bigint not null,
    recipients bigint not null,
    waiting bigint not null,
    queued bigint not null,
    unconfirmed bigint not null,
    accepted bigint not null,
    sent bigint not null,
    delivered bigint not null,
    was_read bigint not null,
    failed bigint not null,
    left_out bigint not null,
    replied bigint not null,
    primary key (campaign_id, inbox_id, template_id)
);
create table campaign_failures (                   -- the same by reason, for those who did not get through
    workspace_id bigint not null,
    campaign_id bigint not null,
    inbox_id bigint not null,
    template_id bigint not null,
    class text not null,
    code text not null,
    detail text not null,
    number bigint not null,
    primary key (campaign_id, inbox_id, template_id, class, code)
);
create table campaign_news (                       -- campaigns to be counted again
    campaign_id bigint primary key,
    workspace_id bigint not null,
    news bigint not null default 1,                -- one more with every change
    due_at bigint not null
);
create index campaign_news_due on campaign_news (due_at);
insert into campaign_news (campaign_id, workspace_id, due_at) select id, workspace_id, 0 from campaigns where started_at is not null;
