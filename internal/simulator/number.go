package simulator

import (
	"fmt"
	"regexp"
	"time"
)

var pinShape = regexp.MustCompile(`^[0-9]{6}$`)

// fields are what a phone number tells about itself (whatsapp-cloud-api §8); the caller holds mu.
func (n *number) fields(s *Server) map[string]any {
	limit := "TIER_UNLIMITED"
	for _, tier := range []struct {
		people int
		name   string
	}{{250, "TIER_250"}, {2000, "TIER_2K"}, {10000, "TIER_10K"}, {100000, "TIER_100K"}} {
		if s.cfg.MessagingLimit > 0 && s.cfg.MessagingLimit <= tier.people {
			limit = tier.name
			break
		}
	}
	verification := "NOT_VERIFIED"
	if n.verified {
		verification = "VERIFIED"
	}
	health := "AVAILABLE"
	if n.Status != "CONNECTED" {
		health = "BLOCKED"
	}
	hooks := map[string]string{"application": s.app.callback}
	if n.account.override != "" {
		hooks["whatsapp_business_account"] = n.account.override
	}
	if n.override != "" {
		hooks["phone_number"] = n.override
	}
	return map[string]any{
		"id": n.ID, "display_phone_number": n.Display, "verified_name": n.Name, "quality_rating": n.Quality,
		"quality_score": map[string]string{"score": n.Quality}, "code_verification_status": verification,
		"name_status": "APPROVED", "new_name_status": "NONE", "status": n.Status, "platform_type": "CLOUD_API", "account_mode": "LIVE",
		"throughput": map[string]string{"level": "STANDARD"}, "whatsapp_business_manager_messaging_limit": limit,
		"messaging_limit_tier": limit, "is_official_business_account": false, "is_pin_enabled": n.PIN != "",
		"last_onboarded_time": n.onboarded.UTC().Format("2006-01-02T15:04:05+0000"), "webhook_configuration": hooks,
		"health_status": map[string]any{"can_send_message": health, "entities": []any{
			map[string]string{"entity_type": "PHONE_NUMBER", "id": n.ID, "can_send_message": health},
			map[string]string{"entity_type": "WABA", "id": n.account.ID, "can_send_message": "AVAILABLE"}}},
	}
}

var numberDefaults = []string{"id", "display_phone_number", "verified_name", "code_verification_status", "quality_rating",
	"platform_type", "throughput", "webhook_configuration", "last_onboarded_time"}

const numberNode = "WhatsAppBusinessPhoneNumber"

// getNumber answers GET /{PNID}.
func (c *call) getNumber() (any, error) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	return c.choose(numberNode, c.number.fields(c.s), numberDefaults...)
}

// listNumbers answers GET /{WABA}/phone_numbers.
func (c *call) listNumbers() (any, error) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	list := []map[string]any{}
	for _, n := range c.account.numbers {
		fields, err := c.choose(numberNode, n.fields(c.s), numberDefaults...)
		if err != nil {
			return nil, err
		}
		list = append(list, fields)
	}
	return page(c, list, 25)
}

// postPhoneNumber adds a number to the account: it still has to be verified and registered.
func (c *call) postPhoneNumber() (any, error) {
	digits := digitsOf(c.text("cc")) + digitsOf(c.text("phone_number"))
	if len(digits) < 8 || len(digits) > 15 {
		return nil, refuse(100, "Parameters 'cc' and 'phone_number' must form a phone number.")
	}
	if c.text("verified_name") == "" {
		return nil, refuse(100, "Parameter 'verified_name' is required.")
	}
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, n := range s.numbers {
		if n.digits == digits {
			return nil, refuse(100, "The number is already in use.")
		}
	}
	n := s.addNumber(c.account, Number{ID: s.newID(2_090_010_010_020_000), Display: "+" + digits, Name: c.text("verified_name"), Status: "PENDING"})
	s.noteNumber(n)
	return map[string]string{"id": n.ID}, nil
}

// postNumber changes the PIN, the display name or the callback of a number.
func (c *call) postNumber() (any, error) {
	if pin := c.text("pin"); pin != "" {
		return c.setPIN(pin)
	}
	if name := c.text("new_display_name"); name != "" {
		return c.rename(name)
	}
	if !c.has("webhook_configuration") {
		return nil, refuse(100, "Nothing to change.")
	}
	var hook struct {
		URL   string `json:"override_callback_uri"`
		Token string `json:"verify_token"`
	}
	if err := c.into("webhook_configuration", &hook); err != nil {
		return nil, err
	}
	if err := c.checkOverride(hook.URL, hook.Token); err != nil {
		return nil, err
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	c.number.override = hook.URL
	c.s.noteNumber(c.number)
	return success(), nil
}

func (c *call) setPIN(pin string) (any, error) {
	if !pinShape.MatchString(pin) {
		return nil, refuse(100, "Parameter 'pin' must have six digits.")
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	c.number.PIN = pin
	c.s.noteNumber(c.number)
	c.s.notifyAccount(c.account, "security", map[string]any{
		"display_phone_number": c.number.digits, "event": "PIN_CHANGED", "requester": c.s.cfg.AppID})
	return success(), nil
}

// rename asks for another display name, which is approved after the review delay.
func (c *call) rename(name string) (any, error) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	c.s.planRename(c.number, name, c.s.cfg.ReviewDelay)
	return success(), nil
}

// planRename plans the approval of a display name in d, unless another one is asked for until then; the caller holds mu.
func (s *Server) planRename(n *number, name string, d time.Duration) {
	n.newName, n.renameAt = name, s.clock.Now().Add(d)
	s.noteNumber(n)
	s.later(d, func() {
		if n.newName != name {
			return
		}
		n.Name, n.newName = name, ""
		s.noteNumber(n)
		s.notifyAccount(n.account, "phone_number_name_update", map[string]any{
			"display_phone_number": n.digits, "decision": "APPROVED", "requested_verified_name": name, "rejection_reason": nil})
	})
}

// requestCode sends a verification code, shown by the handset page and GET /control/state.
func (c *call) requestCode() (any, error) {
	method := c.text("code_method")
	if method != "SMS" && method != "VOICE" || c.text("language") == "" {
		return nil, refuse(100, "Parameters 'code_method' (SMS or VOICE) and 'language' are required.")
	}
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.number.verified {
		return nil, refuse(136024, "The number is already verified.")
	}
	c.number.code = fmt.Sprintf("%06d", s.rng.IntN(1_000_000))
	c.number.codeUntil = s.clock.Now().Add(10 * time.Minute)
	s.noteNumber(c.number)
	s.live.changed("state", "")
	return success(), nil
}

// verifyCode compares the code; it lives ten minutes.
func (c *call) verifyCode() (any, error) {
	s, n := c.s, c.number
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case n.code == "" || c.text("code") != n.code:
		return nil, refuse(136025, "")
	case s.clock.Now().After(n.codeUntil):
		return nil, refuse(136025, "The code has expired. Request another one.")
	}
	n.code, n.verified = "", true
	s.noteNumber(n)
	s.live.changed("state", "")
	return success(), nil
}

// Registrations and deregistrations allowed in 72 hours, and wrong PINs before the number is locked.
const (
	registrations = 10
	wrongPINs     = 5
)

// register connects a number: it sets the PIN or must match the one set before.
func (c *call) register() (any, error) {
	pin := c.text("pin")
	if c.text("messaging_product") != "whatsapp" {
		return nil, refuseText(400, 100, 0, "(#100) The parameter messaging_product is required.")
	}
	if !pinShape.MatchString(pin) {
		return nil, refuse(100, "Parameter 'pin' must have six digits.")
	}
	s, n := c.s, c.number
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.noteNumber(n)
	switch {
	case !n.registered.allow(s.clock.Now(), 72*time.Hour, registrations):
		return nil, refuse(133016, "")
	case !n.verified:
		return nil, refuse(133006, "")
	case n.wrongPINs >= wrongPINs:
		return nil, refuse(133008, "")
	case n.PIN != "" && n.PIN != pin:
		n.wrongPINs++
		return nil, refuse(133005, "")
	}
	n.PIN, n.wrongPINs, n.Status, n.onboarded = pin, 0, "CONNECTED", s.clock.Now()
	s.live.changed("state", "")
	return success(), nil
}

// deregister disconnects a number: sends answer 133010 until it is registered again.
func (c *call) deregister() (any, error) {
	s, n := c.s, c.number
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.noteNumber(n)
	if !n.registered.allow(s.clock.Now(), 72*time.Hour, registrations) {
		return nil, refuse(133016, "")
	}
	if n.Status == "DISCONNECTED" {
		return nil, refuse(133010, "")
	}
	n.Status = "DISCONNECTED"
	s.live.changed("state", "")
	return success(), nil
}

// getSettings answers the identity check and whether it is on.
func (c *call) getSettings() (any, error) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	return map[string]any{"user_identity_change": map[string]bool{"enable_identity_key_check": c.number.identityKey}}, nil
}

// postSettings switches the identity check: sends with a stale key hash then answer 137000.
func (c *call) postSettings() (any, error) {
	var change struct {
		Enable bool `json:"enable_identity_key_check"`
	}
	if !c.has("user_identity_change") {
		return nil, refuse(100, "Only 'user_identity_change' can be set here.")
	}
	if err := c.into("user_identity_change", &change); err != nil {
		return nil, err
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	c.number.identityKey = change.Enable
	c.s.noteNumber(c.number)
	return success(), nil
}
