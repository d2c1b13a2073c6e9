-- +goose Up
-- inbox: how many people the provider lets the account write to first within 24 hours; 0: no limit, or not known
alter table inboxes add column people_limit bigint not null default 0;
-- campaign: who was written to first from an account that has such a limit, the last time
create table campaign_reach (
    account text not null,                         -- the provider's id
    address text not null,
    reached_at bigint not null,
    primary key (account, address)
);
create index campaign_reach_time on campaign_reach (account, reached_at);
