package opus

import "encoding/binary"

// sampleTable tells where the packets of a whole MP4 lie.
type sampleTable struct {
	size   uint32   // of every sample; 0: sizes tells
	count  uint32   // of samples of one size
	sizes  []byte   // four bytes each
	chunks []uint64 // where each begins
	runs   []byte   // first chunk, samples per chunk, description: twelve bytes each
}

func (t *sampleTable) read(kind string, body []byte) error {
	switch kind {
	case "stsz":
		if len(body) < 12 {
			return broken("a table is too short")
		}
		t.size, t.count, t.sizes = binary.BigEndian.Uint32(body[4:]), binary.BigEndian.Uint32(body[8:]), body[12:]
	case "stsc":
		if len(body) < 8 {
			return broken("a table is too short")
		}
		t.runs = body[8:]
	case "stco", "co64":
		if len(body) < 8 {
			return broken("a table is too short")
		}
		width := 4
		if kind == "co64" {
			width = 8
		}
		for rest := body[8:]; len(rest) >= width; rest = rest[width:] {
			t.chunks = append(t.chunks, number(rest[:width]))
		}
	}
	return nil
}

// whole takes the packets of an MP4 without fragments out of their chunks.
func (m *mp4) whole() error {
	t := m.samples
	for i, at := range t.chunks {
		for range t.perChunk(uint32(i + 1)) {
			size, ok := t.sizeOf(len(m.packets))
			if !ok {
				return nil
			}
			if err := m.take(at, size); err != nil {
				return err
			}
			at += size
		}
	}
	return nil
}

func (t *sampleTable) sizeOf(i int) (uint64, bool) {
	switch {
	case t.size != 0:
		return uint64(t.size), uint32(i) < t.count
	case 4*i+4 <= len(t.sizes):
		return uint64(binary.BigEndian.Uint32(t.sizes[4*i:])), true
	}
	return 0, false
}

func (t *sampleTable) perChunk(chunk uint32) (samples uint32) {
	for rest := t.runs; len(rest) >= 12 && binary.BigEndian.Uint32(rest) <= chunk; rest = rest[12:] {
		samples = binary.BigEndian.Uint32(rest[4:])
	}
	return samples
}

// Flags of fragments (ISO/IEC 14496-12 §8.8).
const (
	fragmentBase     = 0x1
	fragmentEntry    = 0x2
	fragmentDuration = 0x8
	fragmentSize     = 0x10

	runOffset   = 0x1
	runFirst    = 0x4
	runDuration = 0x100
	runSize     = 0x200
	runFlags    = 0x400
	runTime     = 0x800
)

// moof reads one fragment, which lies at at in the file.
func (m *mp4) moof(body []byte, at int) error {
	return each(body, func(kind string, body []byte) error {
		if kind != "traf" {
			return nil
		}
		base, size, ours := uint64(at), m.preset.size, false
		return each(body, func(kind string, body []byte) error {
			switch kind {
			case "tfhd":
				f := fields{body: body}
				flags := f.next32() & 0xffffff
				ours = f.next32() == m.track && m.track != 0
				if flags&fragmentBase != 0 {
					base = f.next64()
				}
				f.skipIf(flags, fragmentEntry, fragmentDuration)
				if flags&fragmentSize != 0 {
					size = f.next32()
				}
				return f.err()
			case "trun":
				if ours {
					return m.run(fields{body: body}, base, size)
				}
			}
			return nil
		})
	})
}

// run takes the packets of one run. One that does not say where it begins follows the one before it.
func (m *mp4) run(f fields, base uint64, preset uint32) error {
	flags := f.next32() & 0xffffff
	count := f.next32()
	at := max(m.after, base)
	if flags&runOffset != 0 {
		at = base + uint64(int64(int32(f.next32())))
	}
	f.skipIf(flags, runFirst)
	for range count {
		f.skipIf(flags, runDuration)
		size := preset
		if flags&runSize != 0 {
			size = f.next32()
		}
		f.skipIf(flags, runFlags, runTime)
		if f.short {
			break
		}
		if err := m.take(at, uint64(size)); err != nil {
			return err
		}
		at += uint64(size)
	}
	m.after = at
	return f.err()
}

// fields reads numbers in a row; short says that there were too few.
type fields struct {
	body  []byte
	short bool
}

func (f *fields) next(n int) uint64 {
	if len(f.body) < n {
		f.short = true
		return 0
	}
	value := number(f.body[:n])
	f.body = f.body[n:]
	return value
}

func (f *fields) next32() uint32 { return uint32(f.next(4)) }
func (f *fields) next64() uint64 { return f.next(8) }

// skipIf passes four bytes over for each of the flags that is set.
func (f *fields) skipIf(flags uint32, which ...uint32) {
	for _, flag := range which {
		if flags&flag != 0 {
			f.next32()
		}
	}
}

func (f *fields) err() error {
	if f.short {
		return broken("it ends inside a fragment")
	}
	return nil
}
