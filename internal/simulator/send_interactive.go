package simulator

import (
	"encoding/json"
)

// interactive is a free-form message with choices (whatsapp-cloud-api §2.2).
type interactive struct {
	Type   string             `json:"type"`
	Header *interactiveHeader `json:"header,omitempty"`
	Body   *interactiveText   `json:"body,omitempty"`
	Footer *interactiveText   `json:"footer,omitempty"`
	Action *interactiveAction `json:"action"`
}

type interactiveText struct {
	Text string `json:"text"`
}

type interactiveHeader struct {
	Type     string        `json:"type"`
	Text     string        `json:"text,omitempty"`
	SubText  string        `json:"sub_text,omitempty"`
	Image    *mediaContent `json:"image,omitempty"`
	Video    *mediaContent `json:"video,omitempty"`
	Document *mediaContent `json:"document,omitempty"`
}

type interactiveAction struct {
	Name       string               `json:"name,omitempty"`
	Button     string               `json:"button,omitempty"`
	Buttons    []interactiveButton  `json:"buttons,omitempty"`
	Sections   []interactiveSection `json:"sections,omitempty"`
	Parameters json.RawMessage      `json:"parameters,omitempty"`
}

type interactiveButton struct {
	Type  string      `json:"type"`
	Reply replyChoice `json:"reply"`
}

type replyChoice struct {
	ID          string `json:"id"`
	Title       string `json:"title"`
	Description string `json:"description,omitempty"`
}

type interactiveSection struct {
	Title string        `json:"title,omitempty"`
	Rows  []replyChoice `json:"rows"`
}

// check applies the limits of the kind.
func (m *interactive) check() error {
	if m.Action == nil {
		return refuse(131008, "Parameter 'interactive.action' is required.")
	}
	bodyLimit := 1024
	if m.Type == "list" {
		bodyLimit = 4096
	}
	if m.Body == nil || m.Body.Text == "" {
		return refuse(131008, "Parameter 'interactive.body.text' is required.")
	}
	if err := atMost("interactive.body.text", m.Body.Text, bodyLimit); err != nil {
		return err
	}
	if m.Footer != nil {
		if err := atMost("interactive.footer.text", m.Footer.Text, 60); err != nil {
			return err
		}
	}
	if err := m.checkHeader(); err != nil {
		return err
	}
	switch m.Type {
	case "button":
		return m.checkButtons()
	case "list":
		return m.checkList()
	case "cta_url":
		return m.checkLinkButton()
	case "flow":
		return m.checkFlow()
	case "location_request_message":
		return nil
	}
	return refuse(131009, "Parameter 'interactive.type' is not a kind this simulator knows: '%s'.", m.Type)
}

func (m *interactive) checkHeader() error {
	h := m.Header
	if h == nil {
		return nil
	}
	if m.Type == "list" && h.Type != "text" {
		return refuse(131009, "The header of a list must be text.")
	}
	switch h.Type {
	case "text":
		if h.Text == "" {
			return refuse(131008, "Parameter 'interactive.header.text' is required.")
		}
		return atMost("interactive.header.text", h.Text, 60)
	case "image":
		return checkMedia("image", h.Image)
	case "video":
		return checkMedia("video", h.Video)
	case "document":
		return checkMedia("document", h.Document)
	}
	return refuse(131009, "Parameter 'interactive.header.type' is not valid.")
}

// media returns the header's media, with its kind, or nil.
func (h *interactiveHeader) media() (*mediaContent, string) {
	if h == nil {
		return nil, ""
	}
	switch h.Type {
	case "image":
		return h.Image, "image"
	case "video":
		return h.Video, "video"
	case "document":
		return h.Document, "document"
	}
	return nil, ""
}

func (m *interactive) checkButtons() error {
	buttons := m.Action.Buttons
	if len(buttons) < 1 || len(buttons) > 3 {
		return refuse(131009, "Parameter 'interactive.action.buttons' must have 1 to 3 buttons.")
	}
	choices := make([]replyChoice, len(buttons))
	for i, b := range buttons {
		if b.Type != "reply" {
			return refuse(131009, "Parameter 'interactive.action.buttons[%d].type' must be 'reply'.", i)
		}
		choices[i] = b.Reply
	}
	return checkChoices("interactive.action.buttons", choices, 256, 20, true)
}

func (m *interactive) checkList() error {
	a := m.Action
	if a.Button == "" {
		return refuse(131008, "Parameter 'interactive.action.button' is required.")
	}
	if err := atMost("interactive.action.button", a.Button, 20); err != nil {
		return err
	}
	if len(a.Sections) < 1 || len(a.Sections) > 10 {
		return refuse(131009, "Parameter 'interactive.action.sections' must have 1 to 10 sections.")
	}
	var rows []replyChoice
	for i, section := range a.Sections {
		if section.Title == "" && len(a.Sections) > 1 {
			return refuse(131008, "Parameter 'interactive.action.sections[%d].title' is required.", i)
		}
		if err := atMost("interactive.action.sections.title", section.Title, 24); err != nil {
			return err
		}
		rows = append(rows, section.Rows...)
	}
	if len(rows) < 1 || len(rows) > 10 {
		return refuse(131009, "A list must have 1 to 10 rows in total, not %d.", len(rows))
	}
	return checkChoices("interactive.action.sections.rows", rows, 200, 24, false)
}

// checkChoices checks ids and titles of buttons or rows; titles of buttons must differ too.
func checkChoices(name string, choices []replyChoice, idLimit, titleLimit int, distinctTitles bool) error {
	ids, titles := map[string]bool{}, map[string]bool{}
	for _, choice := range choices {
		switch {
		case choice.ID == "" || choice.Title == "":
			return refuse(131008, "Every entry of '%s' needs 'id' and 'title'.", name)
		case ids[choice.ID]:
			return refuse(131009, "Duplicate id '%s' in '%s'.", choice.ID, name)
		case distinctTitles && titles[choice.Title]:
			return refuse(131009, "Duplicate title '%s' in '%s'.", choice.Title, name)
		}
		ids[choice.ID], titles[choice.Title] = true, true
		for _, limit := range []struct {
			part, text string
			most       int
		}{{"id", choice.ID, idLimit}, {"title", choice.Title, titleLimit}, {"description", choice.Description, 72}} {
			if err := atMost(name+"."+limit.part, limit.text, limit.most); err != nil {
				return err
			}
		}
	}
	return nil
}

func (m *interactive) checkLinkButton() error {
	var p struct {
		Text string `json:"display_text"`
		URL  string `json:"url"`
	}
	if m.Action.Name != "cta_url" || json.Unmarshal(m.Action.Parameters, &p) != nil || p.Text == "" || !isLink(p.URL) {
		return refuse(131009, "A link button needs name 'cta_url' and parameters 'display_text' and 'url'.")
	}
	return atMost("interactive.action.parameters.display_text", p.Text, 20)
}

func (m *interactive) checkFlow() error {
	var p struct {
		ID   looseText `json:"flow_id"`
		Name string    `json:"flow_name"`
		CTA  string    `json:"flow_cta"`
	}
	if m.Action.Name != "flow" || json.Unmarshal(m.Action.Parameters, &p) != nil || p.CTA == "" || (p.ID == "") == (p.Name == "") {
		return refuse(131009, "A form needs name 'flow', 'flow_cta' and one of 'flow_id' and 'flow_name'.")
	}
	return atMost("interactive.action.parameters.flow_cta", p.CTA, 30)
}
