// Package simulator plays the WhatsApp Cloud API as an HTTP server, so that the demo, the tests,
// the benchmarks and training need no provider. It knows nothing of the rest of the product: whoever talks to
// it sees only a Graph host, a media host and signed webhooks.
//
// The rooms inside:
//
//	config, demo                     what is simulated: accounts, numbers, templates
//	clock, agenda                    its own time, which may run fast or by hand, and what is due when
//	graph, errors, call              the Graph front: version, token, object, edge, error envelope
//	send*, template_*, media, number*, account    the endpoints
//	fate, status                     what becomes of an accepted message, told by webhooks
//	outbox, wire                     the webhook sender: envelope, escapes, signature, batches, retries
//	customer, say, script            the people outside: what they hold, say and do by themselves
//	fault                            what goes wrong on request
//	guard, step, journal*            the memory that a kill does not take: one line per change, read again by Open
//	control, live, handset/          the API and page by which a person or a test plays customer and fate
//
// A send walks: fault → token → number → parse → rate → pair → template → accepted (200) → fate: the list of
// statuses with their delays → agenda → outbox → callback.
//
// With a journal, a change is written before anyone is told of it, by an answer or a webhook. A write survives the process, not a
// power cut: the last second may then be lost.
//
// Source of every rule: the project's reference pages whatsapp-cloud-api (section 15) and
// whatsapp-errors. What differs from Meta on purpose is listed on the page handset/help.html.
package simulator
