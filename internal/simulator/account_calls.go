package simulator

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// getAccount answers GET /{WABA}.
func (c *call) getAccount() (any, error) {
	a := c.account
	all := map[string]any{
		"id": a.ID, "name": a.Name, "timezone_id": a.Timezone, "currency": a.Currency, "message_template_namespace": "ns_" + a.ID,
		"account_review_status": "APPROVED", "business_verification_status": "verified", "country": a.Country, "ownership_type": "SELF",
		"health_status": map[string]any{"can_send_message": "AVAILABLE", "entities": []any{
			map[string]string{"entity_type": "WABA", "id": a.ID, "can_send_message": "AVAILABLE"}}},
	}
	return c.choose("WhatsAppBusinessAccount", all, "id", "name", "timezone_id", "message_template_namespace")
}

// getSubscribedApps answers who gets the account's webhooks.
func (c *call) getSubscribedApps() (any, error) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	if !c.account.subscribed {
		return map[string]any{"data": []any{}}, nil
	}
	entry := map[string]any{"whatsapp_business_api_data": map[string]string{
		"id": c.s.cfg.AppID, "name": "Recado", "link": "https://recado.example/"}}
	if c.account.override != "" {
		entry["override_callback_uri"] = c.account.override
	}
	return map[string]any{"data": []any{entry}}, nil
}

// subscribeApp subscribes the app, optionally with a callback of the account's own. Without one, an override set before is cleared.
func (c *call) subscribeApp() (any, error) {
	override := c.text("override_callback_uri")
	if err := c.checkOverride(override, c.text("verify_token")); err != nil {
		return nil, err
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	c.account.subscribed, c.account.override = true, override
	c.s.noteAccount(c.account)
	return success(), nil
}

// unsubscribeApp stops the account's webhooks.
func (c *call) unsubscribeApp() (any, error) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	c.account.subscribed, c.account.override = false, ""
	c.s.noteAccount(c.account)
	return success(), nil
}

// checkOverride checks an override's length and shakes hands with it; an empty one clears.
func (c *call) checkOverride(callback, token string) error {
	if callback == "" {
		return nil
	}
	if len(callback) > 200 {
		return refuse(100, "The callback address may have 200 characters.")
	}
	return c.s.shakeHands(c.r.Context(), callback, token)
}

// shakeHands asks a callback to repeat a challenge (whatsapp-cloud-api §6.1).
func (s *Server) shakeHands(ctx context.Context, callback, token string) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	fail := func(why string, args ...any) error {
		return refuseText(400, 2200, 0, fmt.Sprintf("(#2200) Callback verification failed with the following errors: "+why, args...))
	}
	target, err := url.Parse(callback)
	if err != nil || target.Scheme != "http" && target.Scheme != "https" || target.Host == "" {
		return fail("the callback is not an http address")
	}
	challenge := challengeNumber()
	q := target.Query()
	q.Set("hub.mode", "subscribe")
	q.Set("hub.challenge", challenge)
	q.Set("hub.verify_token", token)
	target.RawQuery = q.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, target.String(), nil)
	if err != nil {
		return fail("the callback is not an http address")
	}
	answer, err := s.outbox.client.Do(req)
	if err != nil {
		return fail("the callback could not be reached")
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, 1024))
	if err != nil || answer.StatusCode != http.StatusOK {
		return fail("HTTP status code = %d", answer.StatusCode)
	}
	if subtle.ConstantTimeCompare(body, []byte(challenge)) != 1 {
		return fail("the response does not match the challenge")
	}
	return nil
}

// challengeNumber makes a challenge nobody can guess.
func challengeNumber() string {
	var b [5]byte
	_, _ = rand.Read(b[:]) // never fails
	return fmt.Sprintf("%d", uint64(b[0])<<32|uint64(b[1])<<24|uint64(b[2])<<16|uint64(b[3])<<8|uint64(b[4]))
}

// knownFields are the webhook fields that can be subscribed (whatsapp-cloud-api §6.1).
var knownFields = strings.Fields(`messages message_template_status_update message_template_quality_update
	message_template_components_update template_category_update phone_number_quality_update phone_number_name_update account_update
	account_alerts account_review_update business_capability_update security user_preferences business_username_update
	smb_message_echoes smb_app_state_sync history calls group_lifecycle_update group_participants_update group_settings_update
	group_status_update flows standby automatic_events payment_configuration_update partner_solutions`)

// postSubscriptions sets the app's callback after its handshake, with the fields it wants.
func (c *call) postSubscriptions() (any, error) {
	if c.text("object") != "whatsapp_business_account" {
		return nil, refuse(100, "Parameter 'object' must be whatsapp_business_account.")
	}
	callback, token := c.text("callback_url"), orDefault(c.text("verify_token"), c.s.cfg.VerifyToken)
	if callback == "" {
		return nil, refuse(100, "Parameter 'callback_url' is required.")
	}
	fields := map[string]bool{}
	for name := range strings.SplitSeq(c.text("fields"), ",") {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		if !slices.Contains(knownFields, name) {
			return nil, refuse(100, "There is no field '%s'.", name)
		}
		fields[name] = true
	}
	if err := c.s.shakeHands(c.r.Context(), callback, token); err != nil {
		return nil, err
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	c.s.app = app{callback: callback, verifyToken: token, fields: fields}
	if len(fields) == 0 {
		c.s.app.fields = nil
	}
	c.s.noteApp()
	return success(), nil
}

// getSubscriptions answers the app's callback and fields.
func (c *call) getSubscriptions() (any, error) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	a := c.s.app
	if a.callback == "" {
		return map[string]any{"data": []any{}}, nil
	}
	fields := []map[string]string{}
	for _, name := range knownFields {
		if a.fields == nil || a.fields[name] {
			fields = append(fields, map[string]string{"name": name, "version": defaultVersion})
		}
	}
	return map[string]any{"data": []any{map[string]any{
		"object": "whatsapp_business_account", "callback_url": a.callback, "active": true, "fields": fields}}}, nil
}

// deleteSubscriptions forgets the app's callback.
func (c *call) deleteSubscriptions() (any, error) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	c.s.app = app{verifyToken: c.s.cfg.VerifyToken}
	c.s.noteApp()
	return success(), nil
}

// debugToken tells what a token may do.
func (c *call) debugToken() (any, error) {
	asked := c.text("input_token")
	if asked == "" {
		return nil, refuse(100, "Parameter 'input_token' is required.")
	}
	if asked != c.s.cfg.Token {
		return map[string]any{"data": map[string]any{"is_valid": false, "scopes": []string{},
			"error": map[string]any{"code": 190, "message": "Invalid OAuth access token."}}}, nil
	}
	c.s.mu.Lock()
	ids := []string{}
	for _, a := range c.s.accounts {
		ids = append(ids, a.ID)
	}
	c.s.mu.Unlock()
	scopes := []string{"whatsapp_business_management", "whatsapp_business_messaging"}
	granular := []any{}
	for _, scope := range scopes {
		granular = append(granular, map[string]any{"scope": scope, "target_ids": ids})
	}
	return map[string]any{"data": map[string]any{"app_id": c.s.cfg.AppID, "type": "SYSTEM_USER", "application": "Recado",
		"is_valid": true, "expires_at": 0, "scopes": scopes, "granular_scopes": granular}}, nil
}

// exchangeCode turns the code of the sign-up dialog into the token.
func (c *call) exchangeCode() (any, error) {
	if c.text("client_id") != c.s.cfg.AppID || c.text("client_secret") != c.s.cfg.AppSecret {
		return nil, refuseText(400, 101, 0, "Error validating client secret.")
	}
	if c.text("code") == "" {
		return nil, refuse(100, "This authorization code is missing.")
	}
	return map[string]string{"access_token": c.s.cfg.Token, "token_type": "bearer"}, nil
}
