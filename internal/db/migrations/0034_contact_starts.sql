-- +goose Up
-- The words of contacts are made again, now with the beginnings of each (db.Words.Starts); the node builds them when it starts.
drop table contact_words;
delete from word_blocks where name = 'contact_words';
delete from word_builds where name = 'contact_words';
{{words contact_words}}
