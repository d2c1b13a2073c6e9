-- +goose Up
-- notice: pushes to browsers, also while no desk is open
create table push_keys (
    id bigint primary key,                         -- 1: there is one pair for the installation; another would end every subscription
    public_key text not null,
    private_sealed {{bytes}} not null,
    created_at bigint not null
);
create table push_subscriptions (
    workspace_id bigint not null,
    id bigint primary key,
    user_id bigint not null,
    session_id bigint not null,                    -- of the browser: it ends with it
    endpoint text not null unique,                 -- secret address at the push service of the browser
    p256dh text not null,                          -- public key of the browser
    auth text not null,
    origin text not null,                          -- https://… of the desk, told to the push service as the sender; '' when not https
    device text not null,
    created_at bigint not null,
    sent_at bigint                                 -- when the push service last took one
);
create index push_subscriptions_user on push_subscriptions (workspace_id, user_id);
create index push_subscriptions_session on push_subscriptions (session_id);
