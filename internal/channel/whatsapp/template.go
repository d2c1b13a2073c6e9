package whatsapp

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strconv"

	"recado/internal/channel"
)

var _ channel.TemplateMaker = (*Adapter)(nil)

// noSuchTemplate is the provider's code within the code for a template that is not there.
const noSuchTemplate = 2593002

// CreateTemplate asks for a new template (§7.1).
func (a *Adapter) CreateTemplate(ctx context.Context, c channel.Credentials, d channel.TemplateDraft) (channel.TemplateInfo, error) {
	info := channel.TemplateInfo{Name: d.Name, Language: d.Language, ParameterFormat: d.ParameterFormat, Components: d.Components}
	answer, f := a.manage(ctx, c, "/"+c.AccountExternalID+"/message_templates", map[string]any{"name": d.Name, "language": d.Language,
		"category": d.Category, "parameter_format": d.ParameterFormat, "components": d.Components})
	var made struct {
		ID       token `json:"id"`
		Status   word  `json:"status"`
		Category word  `json:"category"`
	}
	if f == nil {
		f = answer.into(&made)
	}
	if f == nil && made.ID == "" {
		f = &channel.Failure{Class: channel.Unknown, Title: "the answer names no template"}
	}
	info.ExternalID, info.Status, info.Category = string(made.ID), string(made.Status), string(made.Category)
	return info, errorOf(f)
}

// EditTemplate changes components and category of a template (§7.1).
func (a *Adapter) EditTemplate(ctx context.Context, c channel.Credentials, externalID string, d channel.TemplateDraft) error {
	body := map[string]any{"components": d.Components}
	if d.Category != "" {
		body["category"] = d.Category
	}
	answer, f := a.manage(ctx, c, "/"+url.PathEscape(externalID), body)
	if f == nil {
		f = answer.failure()
	}
	return errorOf(f)
}

// DeleteTemplate deletes a template, or all languages of a name (§7.1).
func (a *Adapter) DeleteTemplate(ctx context.Context, c channel.Credentials, name, externalID string) error {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	query := url.Values{"name": {name}}
	if externalID != "" {
		query.Set("hsm_id", externalID)
	}
	answer, f := a.call(ctx, c, http.MethodDelete, a.base+"/"+c.AccountExternalID+"/message_templates?"+query.Encode(), "", nil)
	if f == nil {
		f = answer.failure()
	}
	if f != nil && f.Sub == noSuchTemplate {
		return nil
	}
	return errorOf(f)
}

// manage posts a management call.
func (a *Adapter) manage(ctx context.Context, c channel.Credentials, path string, body any) (answer, *channel.Failure) {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	text, err := json.Marshal(body)
	if err != nil {
		return answer{}, &channel.Failure{Class: channel.BadRequest, Title: "not sent", Err: err}
	}
	p := newPooled()
	defer p.release()
	p.raw(string(text))
	return a.call(ctx, c, http.MethodPost, a.base+path, jsonMime, p)
}

// UploadSample gives the provider a file by a resumable upload of the app the token belongs to (§7.3).
func (a *Adapter) UploadSample(ctx context.Context, c channel.Credentials, name, mime string, size int64, body io.Reader) (string, error) {
	app, f := a.app(ctx, c)
	if f != nil {
		return "", f
	}
	query := url.Values{"file_name": {name}, "file_length": {strconv.FormatInt(size, 10)}, "file_type": {mime}}
	answer, f := a.call(ctx, c, http.MethodPost, a.base+"/"+app+"/uploads?"+query.Encode(), "", nil)
	var session struct {
		ID token `json:"id"`
	}
	if f == nil {
		f = answer.into(&session)
	}
	if f != nil {
		return "", asRead(f)
	}
	var file struct {
		Handle token `json:"h"`
	}
	answer, f = a.call(ctx, c, http.MethodPost, a.base+"/"+string(session.ID), "application/octet-stream", sized{body, size, c.Token})
	if f == nil {
		f = answer.into(&file)
	}
	if f == nil && file.Handle == "" {
		f = &channel.Failure{Class: channel.Transient, Title: "the answer names no file"}
	}
	return string(file.Handle), errorOf(asRead(f))
}

// app is the id of the app a token belongs to (§7.3 wants it in the address).
func (a *Adapter) app(ctx context.Context, c channel.Credentials) (string, *channel.Failure) {
	answer, f := a.call(ctx, c, http.MethodGet, a.base+"/debug_token?"+url.Values{"input_token": {c.Token}}.Encode(), "", nil)
	var about struct {
		Data struct {
			App token `json:"app_id"`
		} `json:"data"`
	}
	if f == nil {
		f = answer.into(&about)
	}
	if f == nil && about.Data.App == "" {
		f = &channel.Failure{Class: channel.ChannelDown, Code: 190, Title: "the provider names no app for the token"}
	}
	return string(about.Data.App), asRead(f)
}

// sized is a body that is read once and whose length is known.
type sized struct {
	io.Reader
	size  int64
	token string
}

func (s sized) into(r *http.Request) {
	r.Body, r.ContentLength = io.NopCloser(s.Reader), s.size
	r.Header.Set("file_offset", "0")
	r.Header.Set("Authorization", "OAuth "+s.token) // this one call wants the older word (§7.3)
}
