// Package node builds one running Recado from its Config: it opens the database, makes the rooms, starts their work in
// order and stops it in reverse. Start here to see the whole house:
//
//	config.go         what can be set, and the defaults
//	node.go           the rooms, made in order; Run starts and stops them
//	subscriptions.go  who reacts to which fact
//	workers.go        what runs in the background
//	adapters.go       the providers
//	health.go         /healthz, /readyz, /metrics
package node
