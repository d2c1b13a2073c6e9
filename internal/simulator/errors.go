package simulator

import "fmt"

// graphError is an answer of refusal in the provider's envelope (whatsapp-cloud-api §1).
type graphError struct {
	status    int // HTTP
	kind      string
	code      int
	subcode   int
	message   string
	details   string
	userTitle string
	userText  string
}

// Error gives the message and what it is about.
func (e *graphError) Error() string {
	if e.details == "" {
		return e.message
	}
	return e.message + ": " + e.details
}

// refuse answers with a known code, its traditional title and HTTP status, and details of this case.
func refuse(code int, details string, args ...any) *graphError {
	if len(args) > 0 {
		details = fmt.Sprintf(details, args...)
	}
	info := infoOf(code)
	if details == "" {
		details = info.details
	}
	return &graphError{status: info.status, kind: "OAuthException", code: code,
		message: fmt.Sprintf("(#%d) %s", code, info.title), details: details}
}

// refuseText answers with a code and a message of its own, without details.
func refuseText(status, code, subcode int, message string) *graphError {
	return &graphError{status: status, kind: "OAuthException", code: code, subcode: subcode, message: message}
}

// noSuchObject is the answer for ids that mean nothing here: code 100, subcode 33.
func noSuchObject(method, id string) *graphError {
	verb := "get"
	if method != "GET" {
		verb = "post"
	}
	e := refuseText(400, 100, 33, fmt.Sprintf("Unsupported %s request. Object with ID '%s' does not exist, "+
		"cannot be loaded due to missing permissions, or does not support this operation", verb, id))
	e.kind = "GraphMethodException"
	return e
}

// refuseTemplate is the answer to creating or editing a template against a rule: code 100, the rule in the
// subcode, and texts for the operator.
func refuseTemplate(subcode int, title, text string, args ...any) *graphError {
	e := refuseText(400, 100, subcode, "Invalid parameter")
	e.userTitle, e.userText = title, fmt.Sprintf(text, args...)
	return e
}

type wireError struct {
	Message   string     `json:"message"`
	Type      string     `json:"type"`
	Code      int        `json:"code"`
	Subcode   int        `json:"error_subcode,omitempty"`
	Transient *bool      `json:"is_transient,omitempty"`
	UserTitle string     `json:"error_user_title,omitempty"`
	UserText  string     `json:"error_user_msg,omitempty"`
	Data      *errorData `json:"error_data,omitempty"`
	Trace     string     `json:"fbtrace_id"`
}

type errorData struct {
	Product string `json:"messaging_product,omitempty"`
	Details string `json:"details"`
}

// wire is the error envelope.
func (e *graphError) wire(trace string) map[string]any {
	w := wireError{Message: e.message, Type: e.kind, Code: e.code, Subcode: e.subcode,
		UserTitle: e.userTitle, UserText: e.userText, Trace: trace}
	if e.details != "" {
		w.Data = &errorData{"whatsapp", e.details}
	}
	if e.userText != "" {
		w.Transient = new(bool)
	}
	return map[string]any{"error": w}
}

// statusError is an error inside a webhook: of a status, of a message, or of a value.
type statusError struct {
	Code    int       `json:"code"`
	Title   string    `json:"title"`
	Message string    `json:"message"`
	Data    errorData `json:"error_data"`
	Href    string    `json:"href"`
}

// helpPage is the address Meta puts into the errors of statuses.
const helpPage = "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/"

func asyncError(code int) statusError {
	info := infoOf(code)
	details := info.details
	if details == "" {
		details = info.title
	}
	return statusError{code, info.title, info.title, errorData{Details: details}, helpPage}
}
