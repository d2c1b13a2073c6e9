// Package channel is the contract with providers: what comes in, what goes out, what became of it, and what a channel can
// do. One leaf per provider below it turns the provider's wire form into these words and back, and nothing else.
//
//	in   raw bytes of an inbound hook → Adapter.Parse → Events → gateway
//	out  gateway → Adapter.Send(Outbound) → Accepted, or a *Failure whose Class says what to do
package channel
