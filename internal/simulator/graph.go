package simulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// Versions accepted: any since v20 (whatsapp-cloud-api §15). A path without a version gets the default one.
const (
	oldestVersion  = 20
	newestVersion  = 27
	defaultVersion = "v27.0"
)

// maxBody bounds a request body: a document of 100 MB with its multipart frame.
const maxBody = 101 << 20

// call is one request to the Graph API, decoded.
type call struct {
	s       *Server
	w       http.ResponseWriter
	r       *http.Request
	version string
	id      string // of the object, or the first path segment
	params  map[string]json.RawMessage
	raw     []byte // the body as it came, when it was JSON

	number   *number
	account  *account
	template *template
}

// edge answers one call: with a value to be written as JSON, or with an error.
type edge func(*call) (any, error)

// errHangUp closes the connection without an answer.
var errHangUp = errors.New("simulated timeout")

// edges are the endpoints, by kind of object, edge and method.
var edges = map[string]edge{
	"number messages POST":                  (*call).postMessage,
	"number marketing_messages POST":        (*call).postMarketingMessage,
	"number media POST":                     (*call).postMedia,
	"number  GET":                           (*call).getNumber,
	"number  POST":                          (*call).postNumber,
	"number request_code POST":              (*call).requestCode,
	"number verify_code POST":               (*call).verifyCode,
	"number register POST":                  (*call).register,
	"number deregister POST":                (*call).deregister,
	"number settings GET":                   (*call).getSettings,
	"number settings POST":                  (*call).postSettings,
	"number whatsapp_business_profile GET":  (*call).getProfile,
	"number whatsapp_business_profile POST": (*call).postProfile,
	"number block_users GET":                (*call).listBlocked,
	"number block_users POST":               (*call).blockUsers,
	"number block_users DELETE":             (*call).unblockUsers,
	"account  GET":                          (*call).getAccount,
	"account phone_numbers GET":             (*call).listNumbers,
	"account phone_numbers POST":            (*call).postPhoneNumber,
	"account message_templates GET":         (*call).listTemplates,
	"account message_templates POST":        (*call).postTemplate,
	"account message_templates DELETE":      (*call).deleteTemplates,
	"account subscribed_apps GET":           (*call).getSubscribedApps,
	"account subscribed_apps POST":          (*call).subscribeApp,
	"account subscribed_apps DELETE":        (*call).unsubscribeApp,
	"template  GET":                         (*call).getTemplate,
	"template  POST":                        (*call).editTemplate,
	"template unpause POST":                 (*call).unpauseTemplate,
	"media  GET":                            (*call).getMedia,
	"media  DELETE":                         (*call).deleteMedia,
	"app subscriptions GET":                 (*call).getSubscriptions,
	"app subscriptions POST":                (*call).postSubscriptions,
	"app subscriptions DELETE":              (*call).deleteSubscriptions,
	"app uploads POST":                      (*call).startUpload,
	"upload  POST":                          (*call).continueUpload,
	"upload  GET":                           (*call).getUpload,
	"debug_token  GET":                      (*call).debugToken,
	"oauth access_token GET":                (*call).exchangeCode,
}

// serveGraph answers one request to the Graph API.
func (s *Server) serveGraph(w http.ResponseWriter, r *http.Request, path string) {
	c := &call{s: s, w: w, r: r}
	answer, err := c.serve(path)
	if r.Method != http.MethodGet {
		if lost := s.journal.flush(); lost != nil {
			answer, err = nil, refuseText(500, 1, 0, "An unknown error occurred: "+lost.Error())
		}
	}
	if errors.Is(err, errHangUp) {
		panic(http.ErrAbortHandler)
	}
	h := w.Header()
	h.Set("Facebook-Api-Version", orDefault(c.version, defaultVersion))
	trace := traceID()
	h.Set("X-Fb-Trace-Id", trace)
	if page, ok := err.(*brokenPage); ok {
		http.Error(w, page.body, page.status)
		return
	}
	if err != nil {
		var refusal *graphError
		if !errors.As(err, &refusal) {
			refusal = refuse(131000, err.Error())
		}
		writeJSON(w, refusal.status, errorBody(err, refusal, trace))
		return
	}
	writeJSON(w, http.StatusOK, answer)
}

// errorBody is the envelope; a partial failure carries what was done beside it.
func errorBody(err error, refusal *graphError, trace string) any {
	body := refusal.wire(trace)
	var partial *partialFailure
	if errors.As(err, &partial) {
		body["messaging_product"], body["block_users"] = "whatsapp", partial.lists
	}
	return body
}

func orDefault(text, fallback string) string {
	if text == "" {
		return fallback
	}
	return text
}

var jsonType = []string{"application/json; charset=UTF-8"}

func writeJSON(w http.ResponseWriter, status int, v any) {
	body := encode(v)
	h := w.Header()
	h["Content-Type"] = jsonType
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // the client may have gone; there is nobody else to tell
}

// serve finds the edge and runs it.
func (c *call) serve(path string) (any, error) {
	if c.s.faults.take(FaultServerError, c.firstID(path)) != nil {
		return nil, &brokenPage{500, "<html><body><h1>Sorry, something went wrong.</h1></body></html>"}
	}
	if c.s.faults.take(FaultUnavailable, c.firstID(path)) != nil {
		return nil, &brokenPage{503, ""}
	}
	parts, err := c.split(path)
	if err != nil {
		return nil, err
	}
	if err := c.authorise(parts); err != nil {
		return nil, err
	}
	kind, err := c.object(parts[0])
	if err != nil {
		return nil, err
	}
	name := ""
	if len(parts) > 1 {
		name = strings.Join(parts[1:], "/")
	}
	do, ok := edges[kind+" "+name+" "+c.r.Method]
	if !ok {
		return nil, refuseText(400, 2500, 0, "Unknown path components: /"+name)
	}
	if err := c.countCall(name); err != nil {
		return nil, err
	}
	if err := c.decode(kind, name); err != nil {
		return nil, err
	}
	return do(c)
}

// brokenPage is an answer that is not the provider's JSON.
type brokenPage struct {
	status int
	body   string
}

// Error names the fault that asked for the page.
func (p *brokenPage) Error() string { return fmt.Sprintf("simulated HTTP %d", p.status) }

// split checks the version and returns the path's segments after it.
func (c *call) split(path string) ([]string, error) {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	if number, ok := versionOf(parts[0]); ok {
		if number < oldestVersion || number > newestVersion+3 {
			return nil, refuseText(400, 2500, 0, "Unknown path components: /"+strings.Join(parts[1:], "/"))
		}
		c.version, parts = parts[0], parts[1:]
	}
	if len(parts) == 0 || parts[0] == "" {
		return nil, refuseText(400, 2500, 0, "An active access token must be used to query information about the current user.")
	}
	return parts, nil
}

// versionOf reads "v27.0".
func versionOf(segment string) (int, bool) {
	text, ok := strings.CutPrefix(segment, "v")
	if !ok {
		return 0, false
	}
	text, ok = strings.CutSuffix(text, ".0")
	n, err := strconv.Atoi(text)
	return n, ok && err == nil
}

// firstID is the object of a path, for faults limited to one number.
func (c *call) firstID(path string) string {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	if _, ok := versionOf(parts[0]); ok && len(parts) > 1 {
		return parts[1]
	}
	return parts[0]
}

// authorise checks the token of the header or the query.
func (c *call) authorise(parts []string) error {
	if parts[0] == "oauth" {
		return nil
	}
	token := c.token()
	switch {
	case token == "" && len(parts) > 1 && parts[1] == "messages":
		return refuse(0, "")
	case token == "":
		return refuse(104, "")
	case c.s.faults.take(FaultTokenRevoked, parts[0]) != nil:
		return refuseText(401, 190, 467, "Error validating access token: The session has been invalidated.")
	case token == c.s.cfg.Token || token == c.s.cfg.AppID+"|"+c.s.cfg.AppSecret:
		return nil
	}
	return refuseText(401, 190, 0, "Invalid OAuth access token - Cannot parse access token")
}

// token reads the bearer token; Graph also takes it from the query and, for uploads, as OAuth.
func (c *call) token() string {
	header := c.r.Header.Get("Authorization")
	for _, scheme := range []string{"Bearer ", "OAuth "} {
		if len(header) > len(scheme) && strings.EqualFold(header[:len(scheme)], scheme) {
			return strings.TrimSpace(header[len(scheme):])
		}
	}
	return c.r.URL.Query().Get("access_token")
}

// object finds what the first segment names.
func (c *call) object(id string) (kind string, err error) {
	s := c.s
	c.id = id
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.number = s.numbers[id]; c.number != nil {
		c.account = c.number.account
		return "number", nil
	}
	if c.account = s.byAccount[id]; c.account != nil {
		return "account", nil
	}
	if c.template = s.templates[id]; c.template != nil {
		c.account = c.template.account
		return "template", nil
	}
	switch {
	case id == s.cfg.AppID:
		return "app", nil
	case s.media.get(id) != nil:
		return "media", nil
	case s.uploads[id] != nil:
		return "upload", nil
	case id == "debug_token" || id == "oauth":
		return id, nil
	}
	return "", noSuchObject(c.r.Method, id)
}

// decode reads parameters from the query, a form or a JSON body. Sends and files read their own body.
func (c *call) decode(kind, edge string) error {
	if edge == "messages" || edge == "marketing_messages" || edge == "media" || kind == "upload" {
		return nil
	}
	c.params = map[string]json.RawMessage{}
	c.addForm(c.r.URL.Query())
	if c.r.Method == http.MethodGet || c.r.Body == nil {
		return nil
	}
	body, err := c.body()
	if err != nil || len(body) == 0 {
		return err
	}
	if kind, _, _ := mime.ParseMediaType(c.r.Header.Get("Content-Type")); kind == "application/x-www-form-urlencoded" {
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return refuse(100, "The form cannot be read.")
		}
		c.addForm(form)
		return nil
	}
	c.raw = body
	if err := json.Unmarshal(body, &c.params); err != nil {
		return refuse(100, "The body is not a JSON object.")
	}
	return nil
}

// body reads the request's body within its limit.
func (c *call) body() ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(c.r.Body, maxBody+1))
	if err != nil {
		return nil, refuse(100, "The body could not be read.")
	}
	if len(body) > maxBody {
		return nil, refuse(100, "The body is too large.")
	}
	return body, nil
}

// addForm takes form values as parameters; values that are JSON objects or arrays stay so.
func (c *call) addForm(form url.Values) {
	for name, values := range form {
		c.params[name] = formValue(values[0])
	}
}

func formValue(text string) json.RawMessage {
	if t := strings.TrimSpace(text); (strings.HasPrefix(t, "{") || strings.HasPrefix(t, "[")) && json.Valid([]byte(t)) {
		return json.RawMessage(t)
	}
	return encode(text)
}

// text returns a parameter as text; numbers and booleans are taken as written.
func (c *call) text(name string) string {
	var t looseText
	_ = json.Unmarshal(c.params[name], &t) // absent or of another shape: empty, which every caller refuses or ignores
	return string(t)
}

// has tells whether a parameter was given.
func (c *call) has(name string) bool { _, ok := c.params[name]; return ok }

// into decodes a parameter into v, refusing other shapes.
func (c *call) into(name string, v any) error {
	value, ok := c.params[name]
	if !ok {
		return nil
	}
	if err := json.Unmarshal(value, v); err != nil {
		return refuse(100, "Parameter '%s' has the wrong shape.", name)
	}
	return nil
}

// looseText is a JSON string, number or boolean taken as text, as Graph does with scalars.
type looseText string

// UnmarshalJSON takes any scalar.
func (t *looseText) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		return json.Unmarshal(b, (*string)(t))
	}
	if len(b) > 0 && (b[0] == '{' || b[0] == '[') {
		return fmt.Errorf("expected text, got %.20s", b)
	}
	if string(b) == "null" {
		return nil
	}
	*t = looseText(b)
	return nil
}

// success is the answer of calls that only do something.
func success() any { return map[string]bool{"success": true} }
