package flow

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"recado/internal/channel"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/fault"
	"recado/internal/words"
)

// Bounds, in characters. Those of messages are what WhatsApp shows (whatsapp-cloud-api §2.2).
const (
	MaxBlocks   = 200
	MaxBytes    = 256 << 10 // of a flow, written as JSON
	maxText     = 4096
	maxBody     = 1024 // of a message with choices or a file
	maxOptions  = 10
	maxButtons  = 3 // more choices than that are a list
	maxButton   = 20
	maxTitle    = 72 // stands whole under the row
	maxCases    = 20
	maxTries    = 5
	maxMinutes  = 24 * 60 // the service window closes then
	maxName     = 40
	maxNames    = 50
	maxValue    = 1000
	maxURL      = 2000
	maxBodyJSON = 16 << 10
	maxHeaders  = 10
	maxResults  = 10
	maxPath     = 200
	maxSays     = 5 // messages of a brain at once
	maxPlace    = 200
	maxLeave    = 10
)

// World is what exists beside a flow.
type World struct {
	Queues, Agents, Brains map[db.ID]bool
	Files                  map[db.ID]string   // the files it names → what they are sent as
	Flows                  map[db.ID]Version  // as they are published
	Address                func(string) error // refuses addresses of the own network; nil admits all
	Vault                  Vault              // of the headers; one without a Sealer takes every sealed value for good
}

// Finding is something wrong with a flow. What is serious keeps it from being published.
type Finding struct {
	Block   string
	Serious bool
	Fault   *fault.Error // its words, on the field of the block
}

var (
	blockID   = regexp.MustCompile(`^[0-9a-z]{1,20}$`)
	valueName = regexp.MustCompile(`^[\pL\pN][\pL\pN _-]{0,39}$`)
)

// Shape refuses what is no flow at all: it cannot be kept even as a draft. It fails with Invalid.
func (f *Flow) Shape() error {
	if !slices.Contains(words.Locales, f.Language) {
		return fault.New(fault.Invalid, "flow.language", "Choose Spanish, Portuguese or English.").On("language")
	}
	if len(f.Blocks) > MaxBlocks {
		return fault.New(fault.Invalid, "flow.blocks", "A flow has at most %d blocks.", MaxBlocks).On("blocks").With("limit", MaxBlocks)
	}
	if f.Blocks == nil {
		f.Blocks = []Block{}
	}
	seen := map[string]bool{}
	for i := range f.Blocks {
		b := &f.Blocks[i]
		field := fmt.Sprintf("blocks.%d.id", i)
		if !blockID.MatchString(b.ID) || b.ID == Finish || b.ID == People || b.ID == Back || seen[b.ID] {
			return fault.New(fault.Invalid, "flow.id", "Every block needs an id of its own: lowercase letters and digits.").On(field)
		}
		seen[b.ID] = true
		if !slices.Contains(Kinds, b.Kind) {
			return fault.New(fault.Invalid, "flow.kind", "There is no such block.").On(fmt.Sprintf("blocks.%d.kind", i))
		}
		options := map[string]bool{}
		for j, o := range b.Options {
			if !blockID.MatchString(o.ID) || options[o.ID] {
				return fault.New(fault.Invalid, "flow.id", "Every block needs an id of its own: lowercase letters and digits.").On(fmt.Sprintf("blocks.%d.options.%d.id", i, j))
			}
			options[o.ID] = true
		}
	}
	text, err := json.Marshal(f)
	if err != nil {
		return fmt.Errorf("flow: %w", err)
	}
	if len(text) > MaxBytes {
		return fault.New(fault.Invalid, "flow.too_big", "The flow is too long. Divide it in two.").On("blocks")
	}
	return nil
}

// Check finds what would go wrong with a flow that has a shape. id is its own; 0 for one that was never kept.
func (f Flow) Check(id db.ID, world World) []Finding {
	c := checker{flow: f, id: id, world: world}
	if len(f.Blocks) == 0 {
		c.add(true, "", "flow.no_block", "Add a first block.", nil)
		return c.found
	}
	for _, b := range f.Blocks {
		c.at = b
		c.block()
		c.targets()
	}
	c.at = Block{}
	c.leaving()
	c.paths()
	return c.found
}

type checker struct {
	names    []string // beside contact.KEY, that words may use; nil: Names
	reserved []string // headers that whoever asks writes itself
	flow     Flow
	id       db.ID
	world    World
	at       Block
	found    []Finding
}

func (c *checker) add(serious bool, field, code, message string, params map[string]any) {
	f := fault.New(fault.Invalid, code, "%s", message).On(field)
	f.Params = params
	c.found = append(c.found, Finding{Block: c.at.ID, Serious: serious, Fault: f})
}

func (c *checker) wrong(field, code, message string) { c.add(true, field, code, message, nil) }

// words checks words that are sent: that there are some, how long they are, and that what they name is known.
func (c *checker) words(field, text string, limit int, needed bool) {
	switch {
	case needed && strings.TrimSpace(text) == "":
		c.wrong(field, "flow.no_text", "Write what is said.")
	case utf8.RuneCountInString(text) > limit:
		c.add(true, field, "flow.too_long", "The text is too long.", map[string]any{"limit": limit})
	}
	for _, named := range conversation.Blank.FindAllStringSubmatch(text, -1) {
		if name := named[1]; !slices.Contains(c.known(), name) && !(strings.HasPrefix(name, ofContact) && valueName.MatchString(name[len(ofContact):])) {
			c.add(true, field, "flow.unknown_name", "There is no such value.", map[string]any{"name": name})
		}
	}
}

func (c *checker) known() []string {
	if c.names != nil {
		return c.names
	}
	return Names
}

// MaxText is how many characters a message has.
const MaxText = maxText

// Words finds what is wrong with words that are sent: that there are none where some are needed, that they are too long, or name what
// is not among names and no contact.KEY.
func Words(field, text string, limit int, needed bool, names []string) []*fault.Error {
	c := checker{names: names}
	c.words(field, text, limit, needed)
	return c.faults()
}

// KeptAs finds what is wrong with the name a value is kept as with a person.
func KeptAs(field, name string) []*fault.Error {
	var c checker
	c.name(field, name, true)
	return c.faults()
}

// Check finds what is wrong with a request whose words may use names and that writes the reserved headers itself; of the world its
// addresses and vault count.
func (r *Request) Check(names, reserved []string, world World) []*fault.Error {
	c := checker{names: names, reserved: reserved, world: world, at: Block{Request: r}}
	c.request()
	return c.faults()
}

func (c *checker) faults() []*fault.Error {
	all := make([]*fault.Error, len(c.found))
	for i, f := range c.found {
		all[i] = f.Fault
	}
	return all
}

func (c *checker) name(field, name string, needed bool) {
	switch {
	case name == "" && !needed:
	case name == "":
		c.wrong(field, "flow.no_name", "Say what it is kept as.")
	case !valueName.MatchString(name):
		c.add(true, field, "flow.name", "Letters, digits and spaces only.", map[string]any{"limit": maxName})
	}
}

func (c *checker) minutes(least int64) {
	if c.at.Minutes < least || c.at.Minutes > maxMinutes {
		c.add(true, "minutes", "flow.minutes", "The time is between a minute and a day.", map[string]any{"limit": maxMinutes})
	}
}

func (c *checker) tries() {
	if c.at.Tries < 0 || c.at.Tries > maxTries {
		c.add(true, "tries", "flow.tries", "It can be asked so often.", map[string]any{"limit": maxTries})
	}
}

func (c *checker) block() {
	b := c.at
	switch b.Kind {
	case Say:
		c.say()
	case Ask:
		c.words("text", b.Text, maxText, true)
		c.words("retry", b.Retry, maxText, false)
		c.name("name", b.Name, false)
		c.minutes(0)
		c.tries()
		c.answer()
	case Menu:
		c.menu()
	case Condition:
		c.cases()
	case Set:
		c.name("name", b.Name, true)
		c.words("value", b.Value, maxValue, false)
	case HTTP:
		c.request()
	case Wait:
		if b.Until != UntilOpen {
			c.minutes(1)
		}
	case Handoff:
		c.words("text", b.Text, maxText, false)
		c.exists("queue_id", b.Queue, c.world.Queues, "flow.queue", "This queue no longer exists.")
		c.exists("agent_id", b.Agent, c.world.Agents, "flow.agent", "This person no longer answers here.")
	case GoTo:
		switch {
		case b.Flow == c.id && c.id != 0:
			c.wrong("flow_id", "flow.itself", "A flow cannot go to itself. Go to one of its blocks.")
		case c.world.Flows[b.Flow].Number == 0:
			c.wrong("flow_id", "flow.no_flow", "Choose a flow that is published.")
		}
	case Child:
		c.minutes(0)
		c.child()
	case Brain:
		c.words("text", b.Text, maxText, false)
		c.minutes(0)
		c.tries()
		if !c.world.Brains[b.Brain] {
			c.wrong("brain_id", "flow.brain", "Choose a brain.")
		}
		c.exists("queue_id", b.Queue, c.world.Queues, "flow.queue", "This queue no longer exists.")
	case End:
		c.words("text", b.Text, maxText, false)
	}
}

// child finds what a router cannot lead to: bots that hand people to each other know no end.
func (c *checker) child() {
	b := c.at
	child := c.world.Flows[b.Flow]
	switch {
	case b.Flow == c.id && c.id != 0:
		c.wrong("flow_id", "flow.itself", "A flow cannot go to itself. Go to one of its blocks.")
	case child.Number == 0:
		c.wrong("flow_id", "flow.no_flow", "Choose a flow that is published.")
	case child.Flow.Routes():
		c.wrong("flow_id", "flow.nested", "A child of a router cannot be a router itself.")
	case len(c.comings()) > 0:
		c.wrong("flow_id", "flow.is_child", "This flow is the child of a router, so it cannot have children.")
	}
}

// leaving finds words that nobody can leave a child with.
func (c *checker) leaving() {
	if len(c.flow.Leave) > maxLeave {
		c.add(true, "leave", "flow.leave", "At most so many words.", map[string]any{"limit": maxLeave})
	}
	for _, word := range c.flow.Leave {
		if Fold(word) == "" || utf8.RuneCountInString(word) > maxName {
			c.add(true, "leave", "flow.leave_word", "Write words of at most so many characters.", map[string]any{"limit": maxName})
			return
		}
	}
}

func (c *checker) exists(field string, id db.ID, known map[db.ID]bool, code, message string) {
	if id != 0 && !known[id] {
		c.wrong(field, code, message)
	}
}

func (c *checker) say() {
	b := c.at
	limit := maxText
	if b.File != 0 && b.Form != channel.Audio {
		limit = maxBody
	}
	c.words("text", b.Text, limit, b.File == 0 && b.Place == nil)
	if b.File != 0 {
		mime, known := c.world.Files[b.File]
		switch {
		case !known:
			c.wrong("file_id", "flow.file", "The file is no longer there. Attach it again.")
		case b.Form != channel.Document && !strings.HasPrefix(mime, b.Form+"/"), b.Form == "":
			c.wrong("form", "flow.form", "The file cannot be sent like this. Send it as a document.")
		}
	}
	if at := b.Place; at != nil {
		if at.Latitude < -90 || at.Latitude > 90 || at.Longitude < -180 || at.Longitude > 180 {
			c.wrong("place", "flow.place", "This is no point on the map.")
		}
		if utf8.RuneCountInString(at.Name) > maxPlace || utf8.RuneCountInString(at.Address) > maxPlace {
			c.add(true, "place", "flow.too_long", "The text is too long.", map[string]any{"limit": maxPlace})
		}
	}
}

// answer finds a question nobody can answer.
func (c *checker) answer() {
	a := c.at.Answer
	if a == nil {
		return
	}
	if !slices.Contains([]string{AnyText, Number, Email, Phone, Date, File}, a.Kind) {
		c.wrong("answer.kind", "flow.answer", "Choose what counts as an answer.")
		return
	}
	empty := a.Min != nil && a.Max != nil && *a.Min > *a.Max
	if a.Kind == AnyText {
		empty = empty || a.Max != nil && *a.Max < 1 || a.Min != nil && *a.Min > maxValue
	}
	if empty && (a.Kind == AnyText || a.Kind == Number) {
		c.wrong("answer.max", "flow.unanswerable", "Nobody can answer this: the least is more than the most.")
	}
}

func (c *checker) menu() {
	b := c.at
	c.words("text", b.Text, maxBody, true)
	c.words("retry", b.Retry, maxBody, false)
	c.name("name", b.Name, false)
	c.minutes(0)
	c.tries()
	switch {
	case len(b.Options) == 0:
		c.wrong("options", "flow.no_option", "Add a choice: nobody can answer a menu without one.")
	case len(b.Options) > maxOptions:
		c.add(true, "options", "flow.options", "A menu has at most so many choices.", map[string]any{"limit": maxOptions})
	}
	titles := map[string]bool{}
	for i, o := range b.Options {
		field := fmt.Sprintf("options.%d.title", i)
		switch {
		case strings.TrimSpace(o.Title) == "":
			c.wrong(field, "flow.title", "Every choice needs a caption.")
		case utf8.RuneCountInString(o.Title) > maxTitle:
			c.add(true, field, "flow.too_long", "The text is too long.", map[string]any{"limit": maxTitle})
		case titles[Fold(o.Title)]:
			c.wrong(field, "flow.same_title", "Another choice of this menu reads the same.")
		}
		titles[Fold(o.Title)] = true
	}
}

func (c *checker) cases() {
	b := c.at
	if len(b.Cases) == 0 {
		c.wrong("cases", "flow.no_case", "Add a case: what is looked at?")
	}
	if len(b.Cases) > maxCases {
		c.add(true, "cases", "flow.cases", "A condition has at most so many cases.", map[string]any{"limit": maxCases})
	}
	for i, one := range b.Cases {
		field := func(name string) string { return fmt.Sprintf("cases.%d.%s", i, name) }
		known := slices.Contains(Names, one.Name) || one.Name == opening || one.Name == visit || strings.HasPrefix(one.Name, ofContact) && valueName.MatchString(one.Name[len(ofContact):])
		if !known {
			c.wrong(field("name"), "flow.case_name", "Say what is looked at.")
		}
		switch one.Op {
		case Filled, Empty:
		case Is, IsNot, Contains:
			c.words(field("value"), one.Value, maxValue, true)
		case Above, Under:
			if _, isNumber := number(one.Value); !isNumber && !conversation.Blank.MatchString(one.Value) {
				c.wrong(field("value"), "flow.case_number", "Write a number.")
			}
		default:
			c.wrong(field("op"), "flow.case_op", "Choose how it is compared.")
		}
	}
}

func (c *checker) request() {
	r := c.at.Request
	if r == nil {
		c.wrong("request.url", "flow.url", "Write the address, beginning with https.")
		return
	}
	if !slices.Contains([]string{"GET", "POST", "PUT", "PATCH", "DELETE"}, r.Method) {
		c.wrong("request.method", "flow.method", "Choose how it is asked.")
	}
	c.address()
	c.words("request.body", r.Body, maxBodyJSON, false)
	probe := fillWith(r.Body, nil, func(string) string { return "0" })
	if strings.TrimSpace(probe) != "" && !json.Valid([]byte(probe)) {
		c.wrong("request.body", "flow.body", "What is sent must be JSON.")
	}
	if len(r.Headers) > maxHeaders || len(r.Results) > maxResults {
		c.add(true, "request", "flow.lines", "At most so many lines.", map[string]any{"limit": maxResults})
	}
	c.headers(r)
	for i, one := range r.Results {
		c.name(fmt.Sprintf("request.results.%d.name", i), one.Name, true)
		if one.Path == "" || len(one.Path) > maxPath {
			c.wrong(fmt.Sprintf("request.results.%d.path", i), "flow.path", "Say which part of the answer is kept, as order.state.")
		}
	}
}

// address checks where a request goes; whom it asks is nothing a value may decide.
func (c *checker) address() {
	r := c.at.Request
	u, err := url.Parse(fillWith(r.URL, nil, func(string) string { return "0" }))
	filled, _ := url.Parse(fillWith(r.URL, nil, func(string) string { return "1" }))
	switch {
	case err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http" || filled == nil || u.Host != filled.Host || u.User != nil || len(r.URL) > maxURL:
		c.wrong("request.url", "flow.url", "Write the address, beginning with https.")
	case c.world.Address != nil && c.world.Address(u.String()) != nil:
		c.wrong("request.url", "flow.private", "This address is not on the public internet, or does not begin with https.")
	}
	c.words("request.url", r.URL, maxURL, false)
}
