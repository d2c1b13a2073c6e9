package template

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"recado/internal/channel"
	"recado/internal/db"
	"recado/internal/event"
)

// Changed is the kind of the fact told when templates of an account changed.
const Changed = "template.changed"

// ChangedFact is its data.
type ChangedFact struct {
	Account string `json:"account_external_id"`
	Falls   []Fall `json:"falls,omitempty"` // templates the provider rates worse than before
}

// Fall is a template whose quality fell.
type Fall struct {
	Template db.ID  `json:"template_id"`
	Quality  string `json:"quality"`
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
	var falls []Fall
	for _, t := range listed(workspace, kind, account, infos) {
		key := [2]string{t.Name, t.Language}
		old, known := have[key]
		delete(have, key)
		if t.Reason == "" && t.Status == old.Status {
			t.Reason = old.Reason // the list knows only why one was refused
		}
		t.TouchedAt, t.Sample = old.TouchedAt, old.Sample
		if t.ID, t.SyncedAt = old.ID, old.SyncedAt; known && t == old {
			continue
		}
		if channel.QualityFell(old.Quality, t.Quality) {
			falls = append(falls, Fall{t.ID, t.Quality})
		}
		if !known {
			t.ID = tx.NewID()
		}
		write = append(write, t)
	}
	for _, missing := range have {
		if now := unlisted(missing, tx.Now()); now != missing {
			write = append(write, now)
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
	return len(write), r.log.Append(ctx, tx, event.Fact{Workspace: workspace, Kind: Changed, Data: ChangedFact{account, falls}})
}

const (
	// listLag is how long a list may not show yet what we asked for, and longer than asking takes.
	listLag = 75 * time.Second
	// Unconfirmed is the reason of an Unsent template that the provider was asked to make, gave no answer and does not have.
	Unconfirmed = "UNCONFIRMED"
)

// unlisted is what a template becomes that the provider's list does not name.
func unlisted(t Template, now int64) Template {
	switch {
	case t.Status == Unsent || now-t.TouchedAt < listLag.Milliseconds():
	case t.Status == Submitting:
		t.Status, t.Reason = Unsent, Unconfirmed
	default:
		t.Status = Deleted
	}
	return t
}

// listed turns the provider's list into templates; of two that differ only in how the language is written the last counts.
func listed(workspace db.ID, kind channel.Kind, account string, infos []channel.TemplateInfo) []Template {
	at := map[[2]string]int{}
	var out []Template
	for _, info := range infos {
		t := Template{Workspace: workspace, Channel: kind, Account: account, ExternalID: info.ExternalID, Name: info.Name,
			Language: NormalLanguage(info.Language), Category: strings.ToUpper(info.Category), Status: orElse(strings.ToUpper(info.Status), "PENDING"),
			Quality: orElse(strings.ToUpper(info.Quality), "UNKNOWN"), Format: orElse(strings.ToUpper(info.ParameterFormat), "POSITIONAL"),
			Components: orElse(string(info.Components), "[]"), Reason: info.Reason}
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
			t.Quality, t.Format, t.Components, tx.Now(), t.Reason, t.TouchedAt, t.Sample}
	}
	_, err := tx.Insert(ctx, "templates ("+columns+")", `on conflict (workspace_id, channel, account_external_id, name, language)
		do update set external_id = excluded.external_id, category = excluded.category, status = excluded.status, quality = excluded.quality,
		parameter_format = excluded.parameter_format, components_json = excluded.components_json, status_reason = excluded.status_reason, synced_at = excluded.synced_at`, rows)
	return err
}

const (
	toldTemplates = ` where channel = $1 and account_external_id = $2 and ((external_id = $3 and $3 <> '') or (name = $4 and language = $5))`
	keepNews      = `update templates set status = case when $6 = '' then status else $6 end,
		status_reason = case when $6 = '' then status_reason else $7 end,
		category = case when $8 = '' then category else $8 end,
		quality = case when $9 = '' then quality else $9 end` + toldTemplates + `
		and (($6 <> '' and (status <> $6 or status_reason <> $7)) or ($8 <> '' and category <> $8) or ($9 <> '' and quality <> $9)) returning ` + columns
)

// StatusIn keeps the provider's news of a template in every workspace that has its account: status with its reason, category,
// quality. It gives how many templates changed: 0 also when we do not know the template yet, which a Sync mends.
func (r *Room) StatusIn(ctx context.Context, tx *db.Tx, kind channel.Kind, news channel.Account) (int, error) {
	which := []any{string(kind), news.AccountExternalID, news.TemplateExternalID, news.TemplateName, NormalLanguage(news.TemplateLanguage)}
	stored, err := db.All[Template](ctx, tx, "select "+columns+" from templates"+toldTemplates, which...)
	if err != nil {
		return 0, fmt.Errorf("templates called %q: %w", news.TemplateName, err)
	}
	before := map[db.ID]string{}
	for _, t := range stored {
		before[t.ID] = t.Quality
	}
	changed, err := db.All[Template](ctx, tx, keepNews, append(which, statusAfter(news.TemplateStatus), strings.ToUpper(news.TemplateReason),
		strings.ToUpper(news.TemplateCategory), strings.ToUpper(news.Quality))...)
	if err != nil {
		return 0, fmt.Errorf("news of template %q: %w", news.TemplateName, err)
	}
	for _, t := range changed {
		fact := ChangedFact{Account: t.Account}
		if channel.QualityFell(before[t.ID], t.Quality) {
			fact.Falls = []Fall{{t.ID, t.Quality}}
		}
		if err := r.log.Append(ctx, tx, event.Fact{Workspace: t.Workspace, Kind: Changed, Subject: t.ID, Data: fact}); err != nil {
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
