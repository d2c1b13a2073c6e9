-- +goose Up
-- inbox: when people answer on a number, and what is said when they do not; a number without a line answers always
create table inbox_hours (
    workspace_id bigint not null,
    inbox_id bigint primary key,
    version bigint not null,                       -- one more with every change
    hours_json text not null,                      -- {"always":false,"days":[[{"from":"09:00","to":"18:00"}],…],"holidays":[…],"unavailable":{…}}
    updated_at bigint not null
);
