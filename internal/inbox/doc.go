// Package inbox owns configured channels: a WhatsApp number is an inbox with an address, the provider's ids, a sealed
// token, an owner, agents and managers, a default queue and a first responder.
//
//	Get, ByExternal   what the gateway asks for every message; kept in memory for at most a second, so that a change made
//	                  on another node is seen within it
//	Credentials       the provider token, opened; it never leaves the process and is in no log
//	SetStatusIn       connected ⇄ disconnected (the provider refuses us) ⇄ blocked (the provider restricts the account)
//
// A change tells inbox.changed.
package inbox
