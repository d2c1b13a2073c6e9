package opus

import "encoding/binary"

// mp4 is an MP4 being read: a whole one, with tables of where each sample lies, or one in fragments, as recorders write it.
type mp4 struct {
	file  []byte
	track uint32 // id of the sound
	other bool   // there is sound that is not Opus
	preset
	samples sampleTable
	after   uint64 // where the last run ended
	taken   uint64 // bytes of packets: no more than the file has, though tables may point to the same place again
	recording
}

// preset are what fragments assume when they do not say.
type preset struct{ size uint32 }

func readMP4(file []byte) (recording, error) {
	m := mp4{file: file}
	err := boxes(file, 0, func(kind string, body []byte, at int) error {
		switch kind {
		case "moov":
			return m.moov(body)
		case "moof":
			return m.moof(body, at)
		}
		return nil
	})
	switch {
	case err != nil:
		return recording{}, err
	case m.track == 0 && m.other:
		return recording{}, ErrCodec
	case m.track == 0:
		return recording{}, broken("no sound is described")
	}
	if len(m.packets) == 0 {
		if err := m.whole(); err != nil {
			return recording{}, err
		}
	}
	return m.recording, nil
}

// take keeps the packet of size bytes at at.
func (m *mp4) take(at, size uint64) error {
	end, most := at+size, uint64(len(m.file))
	m.taken += size
	if size == 0 || end < at || end > most || m.taken > most {
		return broken("it ends before its sound")
	}
	return m.add(m.file[at:end])
}

// boxes calls do with every box of data; at is where data begins in the file, and do gets the place of the box.
func boxes(data []byte, at int, do func(kind string, body []byte, at int) error) error {
	for len(data) > 0 {
		if len(data) < 8 {
			return broken("it ends inside a box")
		}
		size, head := uint64(binary.BigEndian.Uint32(data)), 8
		switch size {
		case 0:
			size = uint64(len(data))
		case 1:
			if len(data) < 16 {
				return broken("it ends inside a box")
			}
			size, head = binary.BigEndian.Uint64(data[8:]), 16
		}
		if size < uint64(head) || size > uint64(len(data)) {
			return broken("it ends inside a box")
		}
		if err := do(string(data[4:8]), data[head:size], at); err != nil {
			return err
		}
		data, at = data[size:], at+int(size)
	}
	return nil
}

// each calls do with the boxes of a box that holds others.
func each(body []byte, do func(kind string, body []byte) error) error {
	return boxes(body, 0, func(kind string, inner []byte, _ int) error { return do(kind, inner) })
}

func (m *mp4) moov(body []byte) error {
	presets := map[uint32]preset{}
	err := each(body, func(kind string, body []byte) error {
		switch kind {
		case "trak":
			return m.trak(body)
		case "mvex":
			return each(body, func(kind string, body []byte) error {
				if kind == "trex" && len(body) >= 24 {
					presets[binary.BigEndian.Uint32(body[4:])] = preset{binary.BigEndian.Uint32(body[16:])}
				}
				return nil
			})
		}
		return nil
	})
	m.preset = presets[m.track]
	return err
}

// trak reads one track and keeps it when it is the first with Opus.
func (m *mp4) trak(body []byte) error {
	var id uint32
	var found bool
	var table sampleTable
	var walk func(kind string, body []byte) error
	walk = func(kind string, body []byte) error {
		switch kind {
		case "mdia", "minf", "stbl":
			return each(body, walk)
		case "tkhd":
			at := 12
			if len(body) > 0 && body[0] == 1 {
				at = 20
			}
			if len(body) < at+4 {
				return broken("a track has no head")
			}
			id = binary.BigEndian.Uint32(body[at:])
		case "stsd":
			var err error
			found, err = m.described(body)
			return err
		default:
			return table.read(kind, body)
		}
		return nil
	}
	if err := each(body, walk); err != nil {
		return err
	}
	if found && m.track == 0 {
		m.track, m.samples = id, table
	}
	return nil
}

const soundEntry = 28 // bytes of a description of sound before its boxes (ISO/IEC 14496-12)

// described reads the descriptions of a track's samples and tells whether they are Opus.
func (m *mp4) described(body []byte) (opus bool, err error) {
	if len(body) < 8 {
		return false, broken("a track is not described")
	}
	err = each(body[8:], func(kind string, entry []byte) error {
		if kind != "Opus" {
			m.other = m.other || kind != "" && len(entry) >= soundEntry
			return nil
		}
		if len(entry) < soundEntry {
			return broken("a description is too short")
		}
		return each(entry[soundEntry:], func(kind string, body []byte) error {
			if kind != "dOps" {
				return nil
			}
			if len(body) < 11 || body[1] == 0 || body[1] > 2 || body[10] != 0 {
				return broken("the description of Opus cannot be read")
			}
			m.preSkip, m.gain, opus = binary.BigEndian.Uint16(body[2:]), binary.BigEndian.Uint16(body[8:]), true
			return nil
		})
	})
	return opus, err
}
