// Package whatsapp is the adapter of Meta's WhatsApp Cloud API: it turns hooks into channel events and our messages into
// calls, and knows nothing else. What the provider promises stands in the provider's reference; the sections named in
// comments are those of whatsapp-cloud-api, and the failure classes are those of whatsapp-errors.
//
//	hook.go      bytes of a hook → events; a fast way for what we know, a careful one that keeps what we do not
//	inbound.go   one message of a person; status.go one status; news.go accounts, numbers, templates, consent
//	body.go      one message of ours → JSON; send.go hands it over and tells refused, not sent and unknown apart
//	failure.go   the one table from codes to classes
//	media.go, lookup.go  files, templates, numbers
package whatsapp
