package opus

import "math/bits"

// Elements of WebM that matter here (RFC 9559).
const (
	idSegment      = 0x18538067
	idTracks       = 0x1654AE6B
	idTrack        = 0xAE
	idTrackNumber  = 0xD7
	idCodec        = 0x86
	idCodecPrivate = 0x63A2
	idCluster      = 0x1F43B675
	idSimpleBlock  = 0xA3
	idBlockGroup   = 0xA0
	idBlock        = 0xA1
	idDiscard      = 0x75A2
)

// webm is a WebM being read. Its nested elements are walked as one row: those that hold others are entered, the rest is
// stepped over. That is how files of a live recorder, whose segment and clusters have no known size, are read as all others.
type webm struct {
	file  []byte
	at    int
	track webmTrack // the one being described
	sound webmTrack // the first with Opus
	other string    // codec of a track that is not Opus
	recording
}

type webmTrack struct {
	number uint64
	codec  string
	head   []byte
}

func readWebM(file []byte) (recording, error) {
	w := webm{file: file}
	for w.at < len(file) {
		if err := w.element(); err != nil {
			return recording{}, err
		}
	}
	switch {
	case w.sound.codec == "" && w.other != "":
		return recording{}, ErrCodec
	case w.sound.codec == "":
		return recording{}, broken("no sound is described")
	}
	return w.recording, readHead(w.sound.head, &w.recording)
}

// element reads one element, or the beginning of one that holds others.
func (w *webm) element() error {
	id, ok := w.vint(true)
	size, okSize := w.vint(false)
	if !ok || !okSize {
		return broken("it ends inside an element")
	}
	if size != unknown && size > uint64(len(w.file)-w.at) {
		return broken("it ends inside an element")
	}
	switch id {
	case idSegment, idTracks, idCluster, idBlockGroup:
		return nil
	case idTrack:
		w.track = webmTrack{}
		return nil
	}
	if size == unknown {
		return broken("an element has no end")
	}
	data := w.file[w.at : w.at+int(size)]
	w.at += int(size)
	switch id {
	case idTrackNumber:
		w.track.number = number(data)
	case idCodec:
		w.track.codec = string(data)
	case idCodecPrivate:
		w.track.head = data
	case idSimpleBlock, idBlock:
		return w.block(data)
	case idDiscard:
		w.trim = int(min(number(data), uint64(1e9)) * samplesPerSecond / 1e9)
	}
	w.noteTrack()
	return nil
}

// noteTrack keeps the first track that turns out to be Opus; its fields come in any order.
func (w *webm) noteTrack() {
	switch {
	case w.track.codec == "A_OPUS" && w.track.number != 0 && (w.sound.number == 0 || w.sound.number == w.track.number):
		w.sound = w.track
	case w.track.codec != "" && w.track.codec != "A_OPUS":
		w.other = w.track.codec
	}
}

// block takes the packet of a block: its track, two bytes of time, flags, then the packet.
func (w *webm) block(data []byte) error {
	inner := webm{file: data}
	track, ok := inner.vint(false)
	if !ok || len(data) < inner.at+4 {
		return broken("a block is too short")
	}
	if track != w.sound.number || track == 0 {
		return nil
	}
	if data[inner.at+2]&0x06 != 0 {
		return broken("several packets share a block")
	}
	w.trim = 0
	return w.add(data[inner.at+3:])
}

// unknown is the size of an element whose end nobody knew when it began.
const unknown = 1<<56 - 1

// vint reads a number of one to eight bytes, with its length marker when it is an id.
func (w *webm) vint(marker bool) (uint64, bool) {
	if w.at >= len(w.file) || w.file[w.at] == 0 {
		return 0, false
	}
	length := bits.LeadingZeros8(w.file[w.at]) + 1
	if length > len(w.file)-w.at || marker && length > 4 {
		return 0, false
	}
	value := number(w.file[w.at : w.at+length])
	w.at += length
	if !marker {
		if value &^= 1 << (7 * length); value == 1<<(7*length)-1 {
			value = unknown
		}
	}
	return value, true
}

// number reads up to eight bytes, the highest first.
func number(data []byte) (n uint64) {
	for _, b := range data[:min(len(data), 8)] {
		n = n<<8 | uint64(b)
	}
	return n
}
