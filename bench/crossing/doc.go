// Package crossing measures how fast messages cross between us and a provider, against the bare limits of the same run:
// P1 campaign sends, P2 webhooks acknowledged, P3 webhooks fully processed. Load, provider and Recado share the machine and
// the process; on PostgreSQL the server is a process of its own.
package crossing
