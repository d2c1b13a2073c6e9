-- +goose Up
-- bot: the whole chatbot of a number, where each conversation stands in it, and the words said after a service
alter table bots add column language text not null default 'es';
alter table bots add column return_greeting text not null default '';
alter table bots add column return_hours bigint not null default 24;    -- of silence, before the return greeting
alter table bots add column faq_json text not null default '{}';
alter table bots add column centre_on smallint not null default 0;      -- a menu of queues is offered
alter table bots add column after_text text not null default '';        -- said once a service has ended
alter table bots add column links_json text not null default '{}';
alter table bots add column version bigint not null default 1;          -- one more with every edit; an edit says which it saw
alter table bots add column edited_by bigint;
alter table bots add column edited_name text not null default '';
update bots set return_greeting = greeting, centre_on = case when menu_json = '[]' then 0 else 1 end,
    language = coalesce((select w.locale from workspaces w where w.id = bots.workspace_id), 'es');
alter table bots drop column menu_button;

create table bot_states (
    workspace_id bigint not null,
    conversation_id bigint primary key,
    ticket_id bigint not null,
    state_json text not null
);

create table bot_farewells (                       -- what is said after a service, once closing it can no longer be undone
    workspace_id bigint not null,
    ticket_id bigint primary key,
    conversation_id bigint not null,
    closed_at bigint not null,
    due_at bigint not null
);
create index bot_farewells_due on bot_farewells (due_at);
