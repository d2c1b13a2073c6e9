package opus

import (
	"bytes"
	"encoding/binary"
)

// oggPage is one page: its packets in pieces, as its segment table cuts them.
type oggPage struct {
	flags    byte
	position uint64
	serial   uint32
	segments []byte // lengths
	body     []byte
}

// readOgg takes the packets of the first Opus stream. Every page must be whole and its checksum right.
func readOgg(file []byte) (recording, error) {
	var r recording
	var pending []byte
	var serial uint32
	var last uint64
	found := false
	for at := 0; at < len(file); {
		p, size, err := nextPage(file[at:])
		if err != nil {
			return r, err
		}
		at += size
		if !found && p.flags&flagFirst != 0 && bytes.HasPrefix(p.body, []byte("OpusHead")) {
			found, serial = true, p.serial
		}
		if !found || p.serial != serial {
			continue
		}
		if (p.flags&flagContinued != 0) != (pending != nil) {
			return r, broken("a page is missing")
		}
		if pending, err = p.cut(&r, pending); err != nil {
			return r, err
		}
		last = p.position
	}
	switch {
	case !found:
		return r, ErrCodec
	case pending != nil:
		return r, broken("it ends inside a packet")
	case len(r.packets) < 3 || !bytes.HasPrefix(r.packets[1], []byte("OpusTags")):
		return r, broken("there is no sound in it")
	}
	head := r.packets[0]
	r.packets = r.packets[2:]
	r.trim = trimmed(r.packets, last)
	return r, readHead(head, &r)
}

// nextPage reads the page that file begins with.
func nextPage(file []byte) (p oggPage, size int, err error) {
	if len(file) < oggHead || string(file[:5]) != "OggS\x00" {
		return p, 0, broken("no Ogg page where one should begin")
	}
	body := oggHead + int(file[26])
	if len(file) < body {
		return p, 0, broken("it ends inside a page")
	}
	p = oggPage{flags: file[5], position: binary.LittleEndian.Uint64(file[6:]), serial: binary.LittleEndian.Uint32(file[14:]), segments: file[oggHead:body]}
	size = body
	for _, n := range p.segments {
		size += int(n)
	}
	if len(file) < size {
		return p, 0, broken("it ends inside a page")
	}
	p.body = file[body:size]
	head := bytes.Clone(file[:oggHead])
	clear(head[22:26])
	crc := checksum(head)
	for _, b := range file[oggHead:size] {
		crc = crc<<8 ^ crcTable[byte(crc>>24)^b]
	}
	if crc != binary.LittleEndian.Uint32(file[22:]) {
		return p, 0, broken("a checksum is wrong")
	}
	return p, size, nil
}

// cut keeps the packets that end in the page; pending is one that goes on.
func (p oggPage) cut(r *recording, pending []byte) ([]byte, error) {
	from, to := 0, 0
	for _, n := range p.segments {
		to += int(n)
		if n == 255 {
			continue
		}
		if err := r.add(joined(pending, p.body[from:to])); err != nil {
			return nil, err
		}
		pending, from = nil, to
	}
	if from < to {
		pending = joined(pending, p.body[from:to])
	}
	if len(pending) > mostBytes {
		return nil, broken("a packet has no end")
	}
	return pending, nil
}

// joined avoids copying packets that lie in one page, as nearly all do.
func joined(begun, rest []byte) []byte {
	if begun == nil {
		return rest
	}
	return append(bytes.Clone(begun), rest...)
}

// trimmed is how many samples the last position leaves out at the end; encoders pad the last packet.
func trimmed(packets [][]byte, position uint64) int {
	total := 0
	for _, packet := range packets {
		total += samplesOf(packet)
	}
	if over := total - int(min(position, 1<<48)); over > 0 && over < mostSamples {
		return over
	}
	return 0
}
