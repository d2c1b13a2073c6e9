-- +goose Up
-- The tables of the main job. One text for both databases: {{bytes}} and {{auto}} are filled in per dialect (db/migrate.go).
-- Ids are made by us and ordered by time; times are Unix milliseconds; texts that hold JSON end in _json.
-- Every table that holds a workspace's data starts with workspace_id, so that it can be distributed by it.

-- account ---------------------------------------------------------------------------------------------------------------
create table workspaces (
    id bigint primary key,
    name text not null,
    locale text not null default 'es',
    created_at bigint not null
);
create table users (
    id bigint primary key,
    email text not null unique,                    -- lower case
    name text not null,
    password_hash text not null default '',        -- argon2id; empty: cannot sign in with a password
    locale text not null default 'es',
    preferences_json text not null default '{}',   -- theme, density, shortcuts: what the web keeps for the person
    created_at bigint not null
);
create table profiles (
    workspace_id bigint not null,
    id bigint primary key,
    name text not null,
    description text not null default '',
    areas_json text not null,                      -- {"desk":"edit","campaigns":"view",...}
    abilities_json text not null,                  -- ["broadcast","transfer",...]
    created_at bigint not null,
    unique (workspace_id, name)
);
create table members (
    workspace_id bigint not null,
    id bigint primary key,
    user_id bigint not null,
    profile_id bigint,                             -- null: no profile, no permission (B148)
    created_at bigint not null,
    disabled_at bigint,
    unique (workspace_id, user_id)
);
create index members_user on members (user_id);

-- auth ------------------------------------------------------------------------------------------------------------------
create table sessions (
    id bigint primary key,
    token_hash {{bytes}} not null unique,
    user_id bigint not null,
    workspace_id bigint not null,
    device text not null default '',
    created_at bigint not null,
    seen_at bigint not null,
    expires_at bigint not null
);
create index sessions_user on sessions (user_id);
create table api_keys (
    workspace_id bigint not null,
    id bigint primary key,
    name text not null,
    prefix text not null,
    key_hash {{bytes}} not null unique,
    profile_id bigint not null,
    created_by bigint not null,
    created_at bigint not null,
    used_at bigint,
    expires_at bigint,                             -- null: does not expire
    revoked_at bigint
);
create index api_keys_workspace on api_keys (workspace_id, id);
create table sign_in_attempts (
    subject text not null,                         -- 'email:…' or 'ip:…'
    window_start bigint not null,
    failures bigint not null,
    primary key (subject, window_start)
);
create table sign_in_links (
    token_hash {{bytes}} primary key,              -- one-time link that lets its holder set the first password
    user_id bigint not null,
    expires_at bigint not null,
    used_at bigint
);

-- inbox -----------------------------------------------------------------------------------------------------------------
create table inboxes (
    workspace_id bigint not null,
    id bigint primary key,
    channel text not null,                         -- 'whatsapp'
    label text not null,
    address text not null,                         -- E.164 digits of the number
    external_id text not null,                     -- the provider's id of the number
    account_external_id text not null,             -- the provider's account (WABA) it belongs to
    status text not null,                          -- connected | disconnected | blocked
    status_code bigint not null default 0,         -- provider error that caused it
    status_at bigint not null,
    quality text not null default 'UNKNOWN',
    token_sealed {{bytes}},                        -- provider token, sealed with the key outside the database
    time_zone text not null default 'America/Sao_Paulo',
    owner_user_id bigint,
    default_queue_id bigint,
    first_responder text not null default 'queue', -- bot | queue
    send_rate double precision not null default 80,-- messages per second; 0: no limit of ours
    settings_json text not null default '{}',
    created_at bigint not null,
    unique (channel, external_id)
);
create index inboxes_workspace on inboxes (workspace_id, label);
create table inbox_members (
    workspace_id bigint not null,
    inbox_id bigint not null,
    user_id bigint not null,
    part text not null,                            -- agent | manager
    primary key (inbox_id, user_id, part)
);
create index inbox_members_user on inbox_members (workspace_id, user_id);

-- contact ---------------------------------------------------------------------------------------------------------------
create table contacts (
    workspace_id bigint not null,
    id bigint primary key,
    name text not null default '',
    search text not null default '',               -- folded name, number, handles
    attributes_json text not null default '{}',
    opted_out_at bigint,
    opted_out_source text not null default '',
    created_at bigint not null
);
create index contacts_workspace on contacts (workspace_id, id);
create table identities (
    workspace_id bigint not null,
    id bigint primary key,
    contact_id bigint not null,
    channel text not null,
    kind text not null,                            -- phone | user_id | username
    identity_key text not null,                    -- the same for every way of writing it
    value text not null,                           -- what the provider wants to be told
    created_at bigint not null,
    unique (identity_key, workspace_id, channel, kind)  -- the key first: lists of keys go to the index even before statistics exist
);
create index identities_contact on identities (contact_id);

-- template --------------------------------------------------------------------------------------------------------------
create table templates (
    workspace_id bigint not null,
    id bigint primary key,
    channel text not null,
    account_external_id text not null,
    external_id text not null,
    name text not null,
    language text not null,
    category text not null,
    status text not null,
    quality text not null default 'UNKNOWN',
    parameter_format text not null default 'POSITIONAL',
    components_json text not null,
    synced_at bigint not null,
    unique (workspace_id, channel, account_external_id, name, language)
);

-- conversation ----------------------------------------------------------------------------------------------------------
create table conversations (
    workspace_id bigint not null,
    id bigint primary key,
    contact_id bigint not null,
    inbox_id bigint not null,
    state smallint not null default 0,             -- 0 never answered, 1 open ticket, 2 last ticket closed
    ticket_id bigint,                              -- the open ticket
    holder text not null default '',               -- '' | bot | queue | agent: who holds the open ticket
    assignee_id bigint,
    queue_id bigint,
    window_until bigint not null default 0,        -- end of the service window
    waiting_since bigint,                          -- oldest customer message nobody answered
    unread bigint not null default 0,              -- customer messages since we last read
    last_message_id bigint,
    last_message_at bigint not null default 0,
    last_inbound_at bigint not null default 0,
    preview text not null default '',
    preview_direction text not null default '',
    preview_kind text not null default '',
    created_at bigint not null,
    unique (inbox_id, contact_id)
);
create index conversations_contact on conversations (contact_id);
create index conversations_mine on conversations (workspace_id, assignee_id, last_message_at, id) where state = 1 and assignee_id is not null;
create index conversations_waiting on conversations (workspace_id, last_message_at, id, queue_id, inbox_id, holder, waiting_since) where state = 1 and assignee_id is null;
create index conversations_queue on conversations (workspace_id, queue_id, last_message_at, id) where state = 1 and queue_id is not null;
create index conversations_state on conversations (workspace_id, state, last_message_at, id) where state > 0;
create index conversations_inbox on conversations (workspace_id, inbox_id, state, last_message_at, id) where state > 0;

create table tickets (
    workspace_id bigint not null,
    id bigint primary key,
    number bigint not null,
    conversation_id bigint not null,
    contact_id bigint not null,
    inbox_id bigint not null,
    status text not null,                          -- queued | assigned | in_service | closed
    holder text not null,                          -- bot | queue | agent
    queue_id bigint,
    assignee_id bigint,
    origin_json text not null default '{}',        -- why it is here: campaign, route, until when
    fallback_queue_id bigint,
    fallback_at bigint,                            -- when unanswered until then, the ticket goes to the fallback queue
    opened_at bigint not null,
    assigned_at bigint,
    first_reply_at bigint,
    closed_at bigint,
    closed_by bigint,
    result text not null default '',
    closing_note text not null default '',
    unique (workspace_id, number)
);
create index tickets_conversation on tickets (conversation_id, id);
create index tickets_fallback on tickets (fallback_at) where fallback_at is not null;
create table counters (
    workspace_id bigint not null,
    name text not null,
    value bigint not null,
    primary key (workspace_id, name)
);

create table messages (
    workspace_id bigint not null,
    id bigint primary key,
    conversation_id bigint not null,
    inbox_id bigint not null,
    contact_id bigint not null,
    ticket_id bigint,
    campaign_id bigint,
    direction smallint not null,                   -- 1 inbound, 2 outbound, 3 note, 4 marker
    kind text not null,                            -- text image document audio video sticker location contacts interactive button template reaction unsupported …
    body text not null default '',                 -- the words: text, caption, rendered template, note
    content_json text not null default '',         -- the rest of the content, by kind
    media_id bigint,
    author text not null,                          -- contact | agent | bot | campaign | key | system
    author_id bigint,
    status smallint not null,                      -- conversation.Status: moves forward only
    lane smallint not null default 0,              -- 1 agents, 2 bots, 3 campaigns, 9 held by a paused campaign
    not_before bigint not null default 0,          -- outbox: earliest time to try
    attempts smallint not null default 0,
    claimed_by bigint,                             -- the node that is sending it
    requeued smallint not null default 0,          -- 1: went back to the outbox once after an unknown outcome
    client_id text,                                -- made by the author's client; the same one is stored once
    external_id text,                              -- the provider's id
    reply_to_id bigint,                            -- our message it quotes or whose button was tapped
    route_json text,                               -- reply route asked for (design section 7); kept in reply_routes on acceptance
    error_code bigint not null default 0,
    error_class text not null default '',
    error_detail text not null default '',
    times_json text not null default '',           -- {"sent":…,"delivered":…,"read":…} as the provider told
    created_at bigint not null,
    provider_at bigint not null default 0          -- provider's time: of an inbound message; of acceptance or departure for an outbound one
);
create index messages_conversation on messages (conversation_id, id);
create unique index messages_external on messages (external_id, inbox_id) where external_id is not null;
create unique index messages_client on messages (conversation_id, client_id) where client_id is not null;
create index messages_outbox on messages (inbox_id, lane, id) where status = 10;
create index messages_delayed on messages (inbox_id, not_before, conversation_id) where status = 10 and not_before > 0;
create index messages_in_flight on messages (inbox_id, id) where status in (20, 30);
create index messages_media on messages (media_id) where media_id is not null;
create index messages_campaign on messages (campaign_id, status, inbox_id, id) where campaign_id is not null;

create table reply_routes (
    workspace_id bigint not null,
    message_id bigint primary key,
    conversation_id bigint not null,
    contact_id bigint not null,
    inbox_id bigint not null,
    campaign_id bigint,
    campaign_name text not null default '',
    target text not null,                          -- bot | queue | agent | notify | none
    target_id bigint,
    button text not null default '',               -- payload or caption the target belongs to; '' = any reply
    other_target text not null default '',         -- what any other reply does when a button is named
    other_target_id bigint,
    fallback_queue_id bigint,
    fallback_minutes bigint not null default 0,
    accepted_at bigint not null,
    expires_at bigint not null,                    -- accepted_at + 24 h (A27)
    replaced_by bigint
);
create index reply_routes_conversation on reply_routes (conversation_id, accepted_at);

create table early_statuses (                      -- statuses that arrived before the message they speak of was known
    workspace_id bigint not null,
    inbox_id bigint not null,
    external_id text not null,
    status smallint not null,
    at bigint not null,
    error_code bigint not null default 0,
    error_class text not null default '',
    error_detail text not null default '',
    received_at bigint not null,
    primary key (inbox_id, external_id, status)
);

-- gateway ---------------------------------------------------------------------------------------------------------------
create table intake (
    id bigint primary key,
    channel text not null,
    body {{bytes}} not null,
    received_at bigint not null,
    state smallint not null default 0,             -- 0 waiting, 1 done, 2 set aside
    attempts smallint not null default 0,
    error text not null default ''
);
create index intake_waiting on intake (id) where state = 0;
create index intake_aside on intake (id) where state = 2;
create table inbox_leases (                        -- which node sends for an inbox; inbox 0 stands for the work on the intake
    inbox_id bigint primary key,
    node bigint not null,
    until bigint not null
);
create table inbox_news (                          -- the provider's time of the newest status processed: proof that its news arrive
    inbox_id bigint primary key,
    status_at bigint not null
);

-- routing ---------------------------------------------------------------------------------------------------------------
create table queues (
    workspace_id bigint not null,
    id bigint primary key,
    name text not null,
    distribution text not null default 'push',     -- push | pull (A18)
    capacity bigint not null default 5,            -- open tickets an agent gets by push
    created_at bigint not null,
    unique (workspace_id, name)
);
create table queue_members (
    workspace_id bigint not null,
    queue_id bigint not null,
    user_id bigint not null,
    primary key (queue_id, user_id)
);
create index queue_members_user on queue_members (workspace_id, user_id);
create table availability (
    workspace_id bigint not null,
    user_id bigint not null,
    state text not null,                           -- online | away | invisible
    reason text not null default '',
    since bigint not null,
    primary key (workspace_id, user_id)
);
create table connections (                         -- open desks; an agent without one is offline whatever the state says
    workspace_id bigint not null,
    user_id bigint not null,
    id bigint primary key,
    node bigint not null,
    seen_at bigint not null
);
create index connections_user on connections (workspace_id, user_id);

-- bot -------------------------------------------------------------------------------------------------------------------
create table bots (
    workspace_id bigint not null,
    inbox_id bigint primary key,
    enabled smallint not null default 1,
    greeting text not null default '',
    menu_text text not null default '',
    menu_button text not null default '',          -- opens the list when there are more than three options
    menu_json text not null default '[]',          -- [{"queue_id":"…","title":"…"}]
    handoff_text text not null default '',
    updated_at bigint not null
);

-- campaign --------------------------------------------------------------------------------------------------------------
create table campaigns (
    workspace_id bigint not null,
    id bigint primary key,
    name text not null,
    state text not null,                           -- draft checking ready scheduled sending paused done cancelled failed
    state_reason text not null default '',         -- code of a pause or failure
    state_detail text not null default '',
    origin text not null default 'wizard',         -- wizard | desk | api
    audience_json text not null default '{}',      -- file, mapping, default sender
    message_json text not null default '{}',       -- template and variables for all rows, or from columns
    route_json text not null default '{}',         -- reply route for all rows, or from columns
    pace_json text not null default '{}',          -- slices: {"per_slice":200,"every_minutes":5}
    check_json text not null default '{}',         -- result of the last check
    scheduled_at bigint,
    asked_json text not null default '{}',         -- who asked for the last check or sending: senders allowed, language of the file of errors
    run_id bigint,                                 -- the reading of the sheet that counts; an older one stops
    run_node bigint,                               -- the node that reads it
    run_until bigint not null default 0,           -- its lease
    recipients bigint not null default 0,          -- frozen audience
    next_slice_at bigint not null default 0,
    slice_left bigint not null default 0,          -- messages the current slice may still take
    bad_code bigint not null default 0,            -- provider code of a run of identical refusals, and its length
    bad_run bigint not null default 0,
    created_by bigint not null,
    created_at bigint not null,
    updated_at bigint not null,
    started_at bigint,                             -- the audience is frozen
    finished_at bigint
);
create index campaigns_list on campaigns (workspace_id, id);
create index campaigns_active on campaigns (state, id) where state in ('checking', 'scheduled', 'sending');
create table recipients (
    workspace_id bigint not null,
    id bigint primary key,
    campaign_id bigint not null,
    row_number bigint not null,
    state smallint not null,                       -- 0 waiting, 1 handed over (its message tells the rest), 2 left out, 3 failed before sending
    reason text not null default '',
    inbox_id bigint not null,
    address text not null,
    identity_key text not null,
    name text not null default '',
    template_id bigint not null,
    variables_json text not null default '{}',
    extras_json text not null default '',
    target text not null default '',
    target_id bigint,
    message_id bigint,
    contact_id bigint,
    replied_at bigint,
    unique (campaign_id, row_number)
);
create index recipients_waiting on recipients (campaign_id, inbox_id, id) where state = 0;
create index recipients_left on recipients (campaign_id, state, id) where state > 1;
create index recipients_replied on recipients (campaign_id, id) where replied_at is not null;
create unique index recipients_message on recipients (message_id) where message_id is not null;
create table campaign_problems (                   -- the first rows a check left out; the file of errors has all
    workspace_id bigint not null,
    campaign_id bigint not null,
    row_number bigint not null,
    cells_json text not null,
    problems_json text not null,
    primary key (campaign_id, row_number)
);

-- media -----------------------------------------------------------------------------------------------------------------
create table files (
    workspace_id bigint not null,
    id bigint primary key,
    name text not null,
    mime text not null,
    size bigint not null,
    sha256 text not null,
    place text not null,                           -- key in the store
    state text not null default 'ready',           -- ready | fetching | failed
    source_json text not null default '',          -- where the bytes are fetched from (inbound media)
    error text not null default '',
    created_at bigint not null
);

-- event -----------------------------------------------------------------------------------------------------------------
create table events (
    seq {{auto}},
    {{tx}}
    workspace_id bigint not null,
    kind text not null,
    subject_id bigint not null,
    data_json text not null,
    created_at bigint not null
);
{{events_index}}
create table event_cursors (
    name text primary key,
    position text not null,
    updated_at bigint not null
);
create table nodes (
    id bigint primary key,                         -- 1..1023, part of every id the node makes
    token text not null,
    seen_at bigint not null
);
