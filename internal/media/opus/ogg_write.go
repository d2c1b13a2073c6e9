package opus

import "encoding/binary"

// Flags of an Ogg page (RFC 3533 §6).
const (
	flagContinued = 1
	flagFirst     = 2
	flagLast      = 4
)

const (
	mostSegments = 255
	oggHead      = 27
)

// writeOgg writes a mono file: head, tags, then pages of about a second. The position of a page counts all samples that end
// in it, those to be skipped at the beginning included (RFC 7845 §4).
func writeOgg(r recording, serial uint32) []byte {
	size := 256
	for _, packet := range r.packets {
		size += len(packet) + len(packet)/128 + 4
	}
	w := oggWriter{serial: serial, out: make([]byte, 0, size)}
	head := append([]byte("OpusHead"), 1, 1)
	head = binary.LittleEndian.AppendUint16(head, r.preSkip)
	head = binary.LittleEndian.AppendUint32(head, samplesPerSecond)
	head = binary.LittleEndian.AppendUint16(head, r.gain)
	w.page(flagFirst, 0, [][]byte{append(head, 0)})
	w.page(0, 0, [][]byte{[]byte("OpusTags\x06\x00\x00\x00Recado\x00\x00\x00\x00")})

	var position int
	for rest := r.packets; len(rest) > 0; {
		n, samples := pageful(rest)
		position += samples
		flags, at := byte(0), position
		if n == len(rest) {
			flags, at = flagLast, position-r.trim
		}
		w.page(flags, uint64(at), rest[:n])
		rest = rest[n:]
	}
	return w.out
}

// pageful is how many packets go into the next page and how many samples they play.
func pageful(packets [][]byte) (n, samples int) {
	segments := 0
	for n < len(packets) && samples < samplesPerSecond {
		need := len(packets[n])/255 + 1
		if segments+need > mostSegments {
			break
		}
		segments += need
		samples += samplesOf(packets[n])
		n++
	}
	return n, samples
}

type oggWriter struct {
	out      []byte
	serial   uint32
	sequence uint32
}

// page writes whole packets. A packet whose length is a multiple of 255 ends with an empty segment.
func (w *oggWriter) page(flags byte, position uint64, packets [][]byte) {
	start := len(w.out)
	w.out = append(w.out, "OggS\x00"...)
	w.out = append(w.out, flags)
	w.out = binary.LittleEndian.AppendUint64(w.out, position)
	w.out = binary.LittleEndian.AppendUint32(w.out, w.serial)
	w.out = binary.LittleEndian.AppendUint32(w.out, w.sequence)
	w.out = append(w.out, 0, 0, 0, 0, 0)
	for _, packet := range packets {
		for left := len(packet); ; left -= 255 {
			w.out = append(w.out, byte(min(left, 255)))
			w.out[start+oggHead-1]++
			if left < 255 {
				break
			}
		}
	}
	for _, packet := range packets {
		w.out = append(w.out, packet...)
	}
	binary.LittleEndian.PutUint32(w.out[start+22:], checksum(w.out[start:]))
	w.sequence++
}

// crcTable is for the checksum of Ogg: polynomial 0x04c11db7, highest bit first, no inversion (RFC 3533 §6).
var crcTable = func() (table [256]uint32) {
	for i := range table {
		crc := uint32(i) << 24
		for range 8 {
			carry := crc >> 31
			crc = crc<<1 ^ carry*0x04c11db7
		}
		table[i] = crc
	}
	return table
}()

func checksum(data []byte) (crc uint32) {
	for _, b := range data {
		crc = crc<<8 ^ crcTable[byte(crc>>24)^b]
	}
	return crc
}
