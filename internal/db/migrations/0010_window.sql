-- +goose Up
-- conversation: what nothing is paid for after an ad or page click (channels/windows, rule 9)
alter table conversations add column free_until bigint not null default 0;   -- end of the period without cost; 0: the person never came that way
alter table conversations add column free_by bigint not null default 0;      -- it holds only when answered until then; 0: it was
