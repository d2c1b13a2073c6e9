-- +goose Up
-- inbox: how many people one writes to first in one go is a setting of attention, like what else people at the desk may (B170). The
-- text of the company is an object, or empty.
insert into attention (workspace_id, settings_json) select id, '' from workspaces where active_people <> 15 on conflict (workspace_id) do nothing;
update attention set settings_json = (
    select '{"active_people":' || cast(w.active_people as text) ||
        case when settings_json in ('', '{}') then '}' else ',' || substr(settings_json, 2) end
    from workspaces w where w.id = attention.workspace_id)
    where workspace_id in (select id from workspaces where active_people <> 15);
alter table workspaces drop column active_people;
