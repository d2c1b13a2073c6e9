// Package bare measures what this machine can do at most, with no Recado code: the limits the figures are divided by.
//
//	SendLimit     64 workers post template sends to a sink that answers like the Graph API and does nothing else
//	ReceiveLimit  an HTTP server that checks the signature, parses the JSON, appends to a file and answers after a shared fsync
package bare
