// Package campaign is planned outreach: a sheet of people, a template, where the replies go, and when.
//
// The way of a campaign (state.go has every move; any other is refused):
//
//	draft ──check──▶ checking ──▶ ready ──send──▶ sending ⇄ paused ──▶ done
//	  ▲                 │           │                │         │
//	  └── changed ──────┴───────────┤                └─────────┴──▶ cancelled
//	                                └─▶ scheduled ──at its time──▶ sending | failed
//
//	check     reads the whole sheet in bounded memory and counts each row once: ready, error, duplicate, opted out.
//	          Nothing is refused for a bad row; the reason of every row left out is kept (check.go, judge.go).
//	correct   a row is changed beside the file, which stays; sources give rows with their corrections (correct.go, corrected.go).
//	freeze    the first part of sending: the sheet is read again and its ready rows become recipients, in batches,
//	          each row once, going on where a dead process stopped (freeze.go).
//	dispatch  waiting recipients become queued messages, in one transaction per batch (dispatch.go): a crash at any
//	          instant neither loses nor doubles one. What happens to a message then is told by conversation.
//	done      nobody waits and no message is queued or on its way. Unconfirmed messages (nobody knows whether the
//	          provider has them) do not hold the end up: they are counted apart and shown.
//
// Counters are computed from recipients and messages, never kept. campaign writes the tables campaigns, recipients,
// campaign_problems, campaign_corrections and campaign_fills (people of a sheet on their way into a segment, fill.go).
package campaign
