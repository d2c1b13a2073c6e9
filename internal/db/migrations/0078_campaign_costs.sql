-- +goose Up
-- campaign: what messages cost by the prices of the moment they were handed over
alter table recipients add column priced text not null default '';       -- country, category, currency and millionths; '' before it is handed over
alter table campaigns add column forecast_json text not null default ''; -- what it would cost, when it was sent; '' for single messages
create table campaign_costs (                      -- delivered messages by their price, as last counted
    workspace_id bigint not null,
    campaign_id bigint not null,
    inbox_id bigint not null,
    template_id bigint not null,
    priced text not null,
    number bigint not null,
    primary key (campaign_id, inbox_id, template_id, priced)
);
