package opus

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"time"
)

// Why a recording cannot become a voice note.
var (
	ErrFormat = errors.New("neither WebM nor MP4 nor Ogg")
	ErrCodec  = errors.New("the sound is not Opus")
	ErrBroken = errors.New("the recording is damaged or was cut off")
)

// Note is a voice note.
type Note struct {
	Ogg      []byte // a whole Ogg Opus file, mono
	Duration time.Duration
}

// recording is the sound of a file: packets are parts of its bytes.
type recording struct {
	preSkip uint16 // samples to drop at the beginning
	gain    uint16
	packets [][]byte
	trim    int // samples to drop at the end
}

// mostPackets bounds what is kept of a recording: eight minutes of the shortest packets.
const mostPackets = 8 * 60 * 400

// add keeps a packet.
func (r *recording) add(packet []byte) error {
	if len(r.packets) == mostPackets {
		return broken("it has more than %d packets", mostPackets)
	}
	r.packets = append(r.packets, packet)
	return nil
}

// leastSkip is the delay of the encoder everybody uses. Chromium says 0 in a WebM though its encoder has it, and tools find that
// implausible.
const leastSkip = 312

// Repack makes a voice note of what a browser recorded. It fails with ErrFormat, ErrCodec or ErrBroken and then gives nothing.
func Repack(file []byte) (Note, error) {
	read, err := readerOf(file)
	if err != nil {
		return Note{}, err
	}
	r, err := read(file)
	if err != nil {
		return Note{}, err
	}
	r.preSkip = max(r.preSkip, leastSkip)
	played := -int(r.preSkip) - r.trim
	for i, packet := range r.packets {
		samples := samplesOf(packet)
		if samples == 0 {
			return Note{}, broken("packet %d is no Opus packet", i)
		}
		played += samples
	}
	if played <= 0 {
		return Note{}, broken("there is no sound in it")
	}
	return Note{Ogg: writeOgg(r, crc32.ChecksumIEEE(file)), Duration: time.Duration(played) * time.Second / samplesPerSecond}, nil
}

// readerOf tells the container by its first bytes.
func readerOf(file []byte) (func([]byte) (recording, error), error) {
	switch {
	case bytes.HasPrefix(file, []byte{0x1a, 0x45, 0xdf, 0xa3}):
		return readWebM, nil
	case len(file) >= 8 && string(file[4:8]) == "ftyp":
		return readMP4, nil
	case bytes.HasPrefix(file, []byte("OggS")):
		return readOgg, nil
	}
	return nil, ErrFormat
}

func broken(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrBroken}, args...)...)
}

const headBytes = 19

// readHead takes what a voice note needs of an OpusHead (RFC 7845 §5.1). More than two channels come in several streams, which
// no microphone gives.
func readHead(head []byte, r *recording) error {
	if len(head) < headBytes || string(head[:8]) != "OpusHead" || head[8]&0xf0 != 0 {
		return broken("no OpusHead")
	}
	if head[9] == 0 || head[9] > 2 || head[18] != 0 {
		return broken("%d channels of family %d", head[9], head[18])
	}
	r.preSkip, r.gain = binary.LittleEndian.Uint16(head[10:]), binary.LittleEndian.Uint16(head[16:])
	return nil
}
