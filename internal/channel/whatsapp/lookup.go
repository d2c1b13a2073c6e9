package whatsapp

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"recado/internal/channel"
)

// maxPages bounds a list whose cursors never end: the provider keeps at most 6,000 templates an account (§5).
const maxPages = 200

const templateFields = "name,language,status,category,quality_score,rejected_reason,components,parameter_format"

// Templates lists all templates of the account, page by page (§7.1). Every error is a *channel.Failure.
func (a *Adapter) Templates(ctx context.Context, c channel.Credentials) ([]channel.TemplateInfo, error) {
	type wireTemplate struct {
		ID         token           `json:"id"`
		Name       string          `json:"name"`
		Language   string          `json:"language"`
		Status     string          `json:"status"`
		Category   string          `json:"category"`
		Format     string          `json:"parameter_format"`
		Reason     string          `json:"rejected_reason"`
		Components json.RawMessage `json:"components"`
		Quality    struct {
			Score string `json:"score"`
		} `json:"quality_score"`
	}
	all, f := list[wireTemplate](ctx, a, c, "/"+c.AccountExternalID+"/message_templates", templateFields, 100)
	out := make([]channel.TemplateInfo, len(all))
	for i, t := range all {
		out[i] = channel.TemplateInfo{ExternalID: string(t.ID), Name: t.Name, Language: t.Language, Category: t.Category, Status: t.Status,
			Quality: t.Quality.Score, ParameterFormat: t.Format, Reason: reasonOf(t.Reason), Components: t.Components}
	}
	return out, errorOf(f)
}

// peopleLimits are the provider's tiers (§5); those not named here are without limit, or new to us.
var peopleLimits = map[string]int64{"TIER_50": 50, "TIER_250": 250, "TIER_1K": 1000, "TIER_2K": 2000, "TIER_10K": 10_000, "TIER_100K": 100_000}

// Numbers lists the numbers of the account (§8). Every error is a *channel.Failure.
func (a *Adapter) Numbers(ctx context.Context, c channel.Credentials) ([]channel.NumberInfo, error) {
	type wireNumber struct {
		ID      token  `json:"id"`
		Display string `json:"display_phone_number"`
		Name    string `json:"verified_name"`
		Quality string `json:"quality_rating"`
		Status  string `json:"status"`
		Limit   string `json:"whatsapp_business_manager_messaging_limit"`
	}
	all, f := list[wireNumber](ctx, a, c, "/"+c.AccountExternalID+"/phone_numbers", "id,display_phone_number,verified_name,quality_rating,status,whatsapp_business_manager_messaging_limit", 100)
	out := make([]channel.NumberInfo, len(all))
	for i, n := range all {
		out[i] = channel.NumberInfo{ExternalID: string(n.ID), Address: onlyDigits(n.Display), Name: n.Name, Quality: n.Quality, Status: n.Status,
			PeopleLimit: peopleLimits[strings.ToUpper(n.Limit)]}
	}
	return out, errorOf(f)
}

// badCursor is the code of a place in a list that the provider does not know any more; the list is begun again.
const badCursor = 131059

// list reads all pages of a list. The next page is asked for by its cursor on our own address: the address the provider
// gives would take the token elsewhere. A list that changes under us is read again from its first page, once.
func list[T any](ctx context.Context, a *Adapter, c channel.Credentials, path, fields string, limit int) ([]T, *channel.Failure) {
	var all []T
	after, again := "", true
	for range maxPages {
		page, next, f := listPage[T](ctx, a, c, path, fields, limit, after)
		if f != nil && f.Code == badCursor && again {
			all, after, again = nil, "", false
			continue
		}
		if f != nil {
			return nil, f
		}
		all = append(all, page...)
		if next == "" || next == after {
			return all, nil
		}
		after = next
	}
	return nil, &channel.Failure{Class: channel.Transient, Title: "the provider's list does not end"}
}

func listPage[T any](ctx context.Context, a *Adapter, c channel.Credentials, path, fields string, limit int, after string) ([]T, string, *channel.Failure) {
	query := url.Values{"fields": {fields}, "limit": {strconv.Itoa(limit)}}
	if after != "" {
		query.Set("after", after)
	}
	answer, f := a.call(ctx, c, http.MethodGet, a.base+path+"?"+query.Encode(), "", nil)
	if f != nil {
		return nil, "", asRead(f)
	}
	var page struct {
		Data   []T `json:"data"`
		Paging struct {
			Cursors struct {
				After string `json:"after"`
			} `json:"cursors"`
			Next string `json:"next"`
		} `json:"paging"`
	}
	if f := answer.into(&page); f != nil {
		return nil, "", asRead(f)
	}
	if page.Paging.Next == "" { // the last page has cursors all the same (§1)
		return page.Data, "", nil
	}
	return page.Data, page.Paging.Cursors.After, nil
}
