-- +goose Up
-- Words that are rare by nature are stored a second time without their block (db.Words): a search for one asks once where it is. The
-- index of messages is made again to have them; the node builds it when it starts.
drop table message_words;
delete from word_vocabulary where name = 'message_words';
delete from word_blocks where name = 'message_words';
delete from word_builds where name = 'message_words';
{{words message_words}}
