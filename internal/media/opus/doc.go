// Package opus turns what browsers record into voice notes: the Opus packets of a WebM, an MP4 (whole or fragmented) or an
// Ogg file are copied, unheard, into a mono Ogg Opus file (RFC 7845). No codec is needed, so nothing is lost and nothing but
// Go runs.
//
//	webm.go, mp4.go, ogg_read.go  bytes of a recording → its packets
//	packet.go                     how long a packet plays
//	ogg_write.go                  packets → Ogg
//	repack.go                     all of it
//
// Memory is bounded by the recording, which the caller bounds: packets are parts of it, and what is written is about as long.
package opus
