package simulator

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// profile is what customers see of a number.
type profile struct {
	About       string   `json:"about,omitempty"`
	Address     string   `json:"address,omitempty"`
	Description string   `json:"description,omitempty"`
	Email       string   `json:"email,omitempty"`
	Picture     string   `json:"profile_picture_url,omitempty"`
	Websites    []string `json:"websites,omitempty"`
	Vertical    string   `json:"vertical,omitempty"`
}

var verticals = strings.Fields(`OTHER AUTO BEAUTY APPAREL EDU ENTERTAIN EVENT_PLAN FINANCE GROCERY GOVT HOTEL HEALTH NONPROFIT
	PROF_SERVICES RETAIL TRAVEL RESTAURANT ALCOHOL ONLINE_GAMBLING PHYSICAL_GAMBLING OTC_DRUGS UNDEFINED`)

// getProfile answers the asked fields, by default all.
func (c *call) getProfile() (any, error) {
	c.s.mu.Lock()
	p := c.number.profile
	c.s.mu.Unlock()
	all := map[string]any{"about": p.About, "address": p.Address, "description": p.Description, "email": p.Email,
		"profile_picture_url": p.Picture, "websites": p.Websites, "vertical": p.Vertical, "messaging_product": "whatsapp", "id": nil}
	out, err := c.choose("WhatsAppBusinessProfile", all, "about", "address", "description", "email", "profile_picture_url", "websites", "vertical")
	if err != nil {
		return nil, err
	}
	for name, value := range out {
		if value == "" || name == "websites" && len(p.Websites) == 0 {
			delete(out, name)
		}
	}
	out["messaging_product"] = "whatsapp"
	return map[string]any{"data": []any{out}}, nil
}

// postProfile changes the given fields within their limits (whatsapp-cloud-api §9).
func (c *call) postProfile() (any, error) {
	if c.text("messaging_product") != "whatsapp" {
		return nil, refuseText(400, 100, 0, "(#100) The parameter messaging_product is required.")
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	p := c.number.profile
	for _, f := range []struct {
		name     string
		min, max int
		target   *string
	}{{"about", 1, 139, &p.About}, {"address", 0, 256, &p.Address}, {"description", 0, 512, &p.Description},
		{"email", 0, 128, &p.Email}, {"vertical", 1, 64, &p.Vertical}} {
		if !c.has(f.name) {
			continue
		}
		text := c.text(f.name)
		if n := utf8.RuneCountInString(text); n < f.min || n > f.max {
			return nil, refuse(100, "Parameter '%s' must have %d to %d characters.", f.name, f.min, f.max)
		}
		*f.target = text
	}
	if !slices.Contains(verticals, p.Vertical) {
		return nil, refuse(100, "Parameter 'vertical' is not one of %s.", strings.Join(verticals, ", "))
	}
	if err := c.into("websites", &p.Websites); err != nil {
		return nil, err
	}
	if err := checkWebsites(p.Websites); err != nil {
		return nil, err
	}
	if handle := c.text("profile_picture_handle"); handle != "" {
		f := c.s.byHandle(handle)
		if f == nil {
			return nil, refuse(100, "Parameter 'profile_picture_handle' is not a handle of a finished upload.")
		}
		p.Picture = c.s.publicURL(c.r) + "/control/media/" + f.id
	}
	c.number.profile = p
	c.s.noteNumber(c.number)
	return success(), nil
}

func checkWebsites(sites []string) error {
	if len(sites) > 2 {
		return refuse(100, "Parameter 'websites' must have at most 2 addresses.")
	}
	for _, site := range sites {
		if len(site) > 256 || !strings.HasPrefix(site, "http://") && !strings.HasPrefix(site, "https://") {
			return refuse(100, "Parameter 'websites' must have addresses of at most 256 characters that start with http:// or https://.")
		}
	}
	return nil
}
