package template

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"recado/internal/channel"
	"recado/internal/db"
	"recado/internal/event"
)

// Changed is the kind of the fact told when templates of an account changed.
const Changed = "template.changed"

// ChangedFact is its data.
type ChangedFact struct {
	Account string `json:"account_external_id"`
}

// Sync is SyncIn in a transaction of its own.
func (r *Room) Sync(ctx context.Context, workspace db.ID, kind channel.Kind, account string, infos []channel.TemplateInfo) (changed int, err error) {
	err = r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		changed, err = r.SyncIn(ctx, tx, workspace, kind, account, infos)
		return err
	})
	return changed, err
}

// SyncIn makes our templates of an account those of the provider's complete list, and gives how many changed. What is
// not listed becomes DELETED. It tells one fact when anything changed.
func (r *Room) SyncIn(ctx context.Context, tx *db.Tx, workspace db.ID, kind channel.Kind, account string, infos []channel.TemplateInfo) (int, error) {
	stored, err := db.All[Template](ctx, tx, "select "+columns+` from templates where workspace_id = $1 and channel = $2 and account_external_id = $3`,
		workspace, string(kind), account)
	if err != nil {
		return 0, fmt.Errorf("read templates: %w", err)
	}
	have := make(map[[2]string]Template, len(stored))
	for _, t := range stored {
		have[[2]string{t.Name, t.Language}] = t
	}
	var write []Template
	for _, t := range listed(workspace, kind, account, infos) {
		key := [2]string{t.Name, t.Language}
		old, known := have[key]
		delete(have, key)
		if t.ID, t.SyncedAt = old.ID, old.SyncedAt; known && t == old {
			continue
		}
		if !known {
			t.ID = tx.NewID()
		}
		write = append(write, t)
	}
	for _, gone := range have {
		if gone.Status != Deleted {
			gone.Status = Deleted
			write = append(write, gone)
		}
	}
	if err := upsert(ctx, tx, write); err != nil {
		return 0, fmt.Errorf("write templates: %w", err)
	}
	if _, err := tx.Exec(ctx, "update templates set synced_at = $1 where workspace_id = $2 and channel = $3 and account_external_id = $4",
		tx.Now(), workspace, string(kind), account); err != nil {
		return 0, fmt.Errorf("mark templates as read: %w", err)
	}
	if len(write) == 0 {
		return 0, nil
	}
	return len(write), r.log.Append(ctx, tx, event.Fact{Workspace: workspace, Kind: Changed, Data: ChangedFact{account}})
}

// listed turns the provider's list into templates; of two that differ only in how the language is written the last counts.
func listed(workspace db.ID, kind channel.Kind, account string, infos []channel.TemplateInfo) []Template {
	at := map[[2]string]int{}
	var out []Template
	for _, info := range infos {
		t := Template{Workspace: workspace, Channel: kind, Account: account, ExternalID: info.ExternalID, Name: info.Name,
			Language: NormalLanguage(info.Language), Category: strings.ToUpper(info.Category), Status: orElse(strings.ToUpper(info.Status), "PENDING"),
			Quality: orElse(strings.ToUpper(info.Quality), "UNKNOWN"), Format: orElse(strings.ToUpper(info.ParameterFormat), "POSITIONAL"),
			Components: orElse(string(info.Components), "[]")}
		key := [2]string{t.Name, t.Language}
		if i, twice := at[key]; twice {
			out[i] = t
			continue
		}
		at[key] = len(out)
		out = append(out, t)
	}
	return out
}

func orElse(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

func upsert(ctx context.Context, tx *db.Tx, all []Template) error {
	slices.SortFunc(all, func(a, b Template) int { return strings.Compare(a.Name+" "+a.Language, b.Name+" "+b.Language) })
	rows := make([][]any, len(all))
	for i, t := range all {
		rows[i] = []any{int64(t.Workspace), int64(t.ID), string(t.Channel), t.Account, t.ExternalID, t.Name, t.Language, t.Category, t.Status,
			t.Quality, t.Format, t.Components, tx.Now()}
	}
	_, err := tx.Insert(ctx, "templates ("+columns+")", `on conflict (workspace_id, channel, account_external_id, name, language)
		do update set external_id = excluded.external_id, category = excluded.category, status = excluded.status, quality = excluded.quality,
		parameter_format = excluded.parameter_format, components_json = excluded.components_json, synced_at = excluded.synced_at`, rows)
	return err
}

// StatusIn keeps the provider's news of a template in every workspace that has its account: status, category, quality.
// It gives how many templates changed: 0 also when we do not know the template yet, which a Sync mends.
func (r *Room) StatusIn(ctx context.Context, tx *db.Tx, kind channel.Kind, news channel.Account) (int, error) {
	status := statusAfter(news.TemplateStatus)
	changed, err := db.All[Template](ctx, tx, `update templates set
			status = case when $1 = '' then status else $1 end,
			category = case when $2 = '' then category else $2 end,
			quality = case when $3 = '' then quality else $3 end
		where channel = $4 and account_external_id = $5 and ((external_id = $6 and $6 <> '') or (name = $7 and language = $8))
			and (($1 <> '' and status <> $1) or ($2 <> '' and category <> $2) or ($3 <> '' and quality <> $3))
		returning `+columns, status, strings.ToUpper(news.TemplateCategory), strings.ToUpper(news.Quality), string(kind),
		news.AccountExternalID, news.TemplateExternalID, news.TemplateName, NormalLanguage(news.TemplateLanguage))
	if err != nil {
		return 0, fmt.Errorf("news of template %q: %w", news.TemplateName, err)
	}
	told := map[db.ID]bool{}
	for _, t := range changed {
		if told[t.Workspace] {
			continue
		}
		told[t.Workspace] = true
		if err := r.log.Append(ctx, tx, event.Fact{Workspace: t.Workspace, Kind: Changed, Subject: t.ID, Data: ChangedFact{t.Account}}); err != nil {
			return 0, err
		}
	}
	return len(changed), nil
}

// statusAfter is the state a template is in after an event; most events are named as the state they bring.
func statusAfter(event string) string {
	switch event = strings.ToUpper(event); event {
	case "REINSTATED", "UNARCHIVED", "UNPAUSED":
		return Approved
	}
	return event
}
