-- +goose Up
-- survey: what people are asked, when, and what they answer
create table surveys (
    workspace_id bigint not null,
    id bigint primary key,
    kind text not null,                            -- csat, nps, custom
    name text not null,
    version bigint not null,                       -- one more with every edit
    settings_json text not null,
    archived_at bigint,
    edited_by bigint,
    edited_name text not null default '',
    created_at bigint not null,
    updated_at bigint not null
);
create index surveys_of on surveys (workspace_id, id);

create table survey_versions (                     -- those that were sent: an answer keeps the question it answered
    survey_id bigint not null,
    version bigint not null,
    workspace_id bigint not null,
    settings_json text not null,
    primary key (survey_id, version)
);

create table survey_rules (                        -- the survey that follows the services of a number
    workspace_id bigint not null,
    inbox_id bigint primary key,
    survey_id bigint not null,
    often text not null,                           -- every, nth, days
    n bigint not null,                             -- services or days
    updated_at bigint not null
);
create index survey_rules_of on survey_rules (survey_id);

create table survey_plans (                        -- what follows a ticket, once closing it can no longer be undone
    workspace_id bigint not null,
    ticket_id bigint primary key,
    conversation_id bigint not null,
    survey_id bigint,                              -- null: whatever the rule of the number says; -1: none
    asked_by bigint,                               -- the user who chose; null: the rule
    due_at bigint                                  -- null: the ticket is not closed yet
);
create index survey_plans_due on survey_plans (due_at) where due_at is not null;

create table survey_sendings (
    workspace_id bigint not null,
    id bigint primary key,
    survey_id bigint not null,
    version bigint not null,
    conversation_id bigint not null,
    contact_id bigint not null,
    inbox_id bigint not null,
    ticket_id bigint,
    sent_by bigint,                                -- user; null: the rule of the number
    state text not null,                           -- open, done, declined, dropped
    state_json text not null,
    sent_at bigint not null,
    answered_at bigint,                            -- the first answer
    expires_at bigint not null
);
create index survey_sendings_in on survey_sendings (conversation_id, id);
create index survey_sendings_of on survey_sendings (survey_id, sent_at);

create table survey_answers (
    workspace_id bigint not null,
    sending_id bigint not null,
    question_id text not null,
    survey_id bigint not null,
    version bigint not null,
    kind text not null,                            -- scale, choice, text
    value bigint not null,
    body text not null,
    skipped smallint not null default 0,
    message_id bigint not null,
    answered_at bigint not null,
    primary key (sending_id, question_id)
);
create index survey_answers_of on survey_answers (survey_id, question_id, answered_at);

alter table messages add column answer_json text not null default '';  -- what a person's message answers in a survey
