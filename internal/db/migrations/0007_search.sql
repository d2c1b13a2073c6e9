-- +goose Up
-- Search. A line with "words" in braces is an index of words (db.Words): filled after commit by the subscribers contact.words and
-- conversation.words, so that receiving and campaigns do not wait for it; it can be built again from the rows at any time.

create table word_blocks (                         -- the runs of ids an index of words is cut into
    name text not null,                            -- the index
    no bigint not null,                            -- stands before each word of the block
    first_id bigint not null,                      -- the block holds ids from here up to the next block
    last_id bigint not null,                       -- the newest id put into it
    entries bigint not null,                       -- about how many texts
    primary key (name, no)
);
{{words contact_words}}
{{words message_words}}
create table word_builds (                         -- building an index of words from the rows
    name text primary key,
    at_id bigint not null,                         -- done up to this id
    done smallint not null default 0,
    updated_at bigint not null
);
