package simulator

import (
	"encoding/base64"
	"encoding/binary"
	"strings"
)

const wamidPrefix = "wamid.HBg"

// messageID makes the id of the message with this sequence number; it is opaque to others but
// the simulator recognises its own.
func (s *Server) messageID(sequence uint64) string {
	var b [15]byte
	binary.BigEndian.PutUint64(b[:8], sequence)
	check := mix(sequence ^ s.cfg.Seed)
	binary.BigEndian.PutUint32(b[8:12], uint32(check))
	b[12], b[13], b[14] = byte(check>>32), byte(check>>40), byte(check>>48)
	return wamidPrefix + base64.StdEncoding.EncodeToString(b[:])
}

// nextMessageID makes the id of a new message; the caller holds mu.
func (s *Server) nextMessageID() (uint64, string) {
	s.sequence++
	return s.sequence, s.messageID(s.sequence)
}

// issued tells whether this simulator made the message id.
func (s *Server) issued(id string) bool {
	text, ok := strings.CutPrefix(id, wamidPrefix)
	if !ok {
		return false
	}
	b, err := base64.StdEncoding.DecodeString(text)
	return err == nil && len(b) == 15 && s.messageID(binary.BigEndian.Uint64(b[:8])) == id
}

// mix spreads the bits of a number (the finaliser of splitmix64).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
