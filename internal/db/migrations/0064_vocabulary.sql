-- +goose Up
-- The vocabulary of an index of words (db.Words): which words a typed beginning stands for. The index of messages is made again to
-- have one; the node builds it when it starts.
create table word_vocabulary (
    name text not null,                            -- the index
    mark text not null,                            -- the workspace, shortened
    word {{bytes}} not null,                       -- as bytes: both engines then order alike
    primary key (name, mark, word)
);
drop table message_words;
delete from word_blocks where name = 'message_words';
delete from word_builds where name = 'message_words';
{{words message_words}}
