// Package recorded holds example payloads of the WhatsApp Cloud API, written for this
// project with invented people and numbers. The simulator checks itself against them, and so
// does the adapter, so the two cannot drift apart.
//
// Every file is one JSON object:
//
//	about      what the payload shows, in one phrase
//	direction  "webhook" (provider to us), "send", "media", "templates" or "account" (us to provider)
//	webhook    the posted body; only in direction "webhook"
//	request    {method, path, body}; path includes version and query, body may be absent
//	answer     {status, body}; body is a string when the provider answers something else than JSON
//
// File names start with their kind: inbound_ (one per message type), status_ (one per status and
// per asynchronous error), account_ (account, number and template fields, and account calls),
// send_, error_ (synchronous refusals of a send), media_, templates_. media_upload describes its multipart form:
// the file is {name, base64}. signature.json adds raw, app_secret and signature: the exact
// bytes of a post, escaped as the provider does, and the header that signs them.
//
// Numbers, accounts and templates are those of the simulator's demo accounts.
package recorded

import "embed"

// Files holds every payload, at its root, as name.json.
//
//go:embed *.json
var Files embed.FS
