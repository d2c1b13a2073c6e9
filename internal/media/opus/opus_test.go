package opus

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// The recordings of testdata were made by Chromium 156 with its fake microphone: WebM and fragmented MP4, 60 ms packets.
func sample(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// wholeMP4 is a MP4 without fragments, made of the packets of the recording.
func wholeMP4(t testing.TB, r recording, wide bool) []byte {
	t.Helper()
	box := func(kind string, parts ...[]byte) []byte {
		body := bytes.Join(parts, nil)
		return append(append(binary.BigEndian.AppendUint32(nil, uint32(8+len(body))), kind...), body...)
	}
	u32 := func(values ...uint32) (out []byte) {
		for _, v := range values {
			out = binary.BigEndian.AppendUint32(out, v)
		}
		return out
	}
	var sizes []uint32
	for _, p := range r.packets {
		sizes = append(sizes, uint32(len(p)))
	}
	dops := append([]byte{0, 2}, byte(r.preSkip>>8), byte(r.preSkip))
	dops = append(dops, 0, 0, 0xbb, 0x80, 0, 0, 0)
	entry := box("Opus", make([]byte, soundEntry), box("dOps", dops))
	head := box("ftyp", []byte("isom"), u32(0))
	moov := func(first uint32) []byte {
		chunks := box("stco", u32(0, 1, first))
		if wide {
			chunks = box("co64", u32(0, 1, 0, first))
		}
		return box("moov", box("trak", box("tkhd", u32(0, 0, 0, 7)), box("mdia", box("minf", box("stbl",
			box("stsd", u32(0, 1), entry), box("stsz", u32(0, 0, uint32(len(sizes))), u32(sizes...)),
			box("stsc", u32(0, 1, 1, uint32(len(sizes)), 1)), chunks)))))
	}
	first := uint32(len(head) + len(moov(0)) + 8)
	return bytes.Join([][]byte{head, moov(first), box("mdat", r.packets...)}, nil)
}

func TestRepack(t *testing.T) {
	chromium, err := readWebM(sample(t, "chromium.webm"))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		file    []byte
		preSkip uint16
		packets int
	}{
		"WebM of a live recorder":        {sample(t, "chromium.webm"), 312, 41},
		"MP4 in fragments":               {sample(t, "chromium.mp4"), 3840, 41},
		"MP4 with tables":                {wholeMP4(t, chromium, false), 312, 41},
		"MP4 with wide tables":           {wholeMP4(t, chromium, true), 312, 41},
		"Ogg, packed a second time":      {writeOgg(chromium, 9), 312, 41},
		"Ogg that leaves samples out":    {writeOgg(recording{preSkip: 312, packets: chromium.packets, trim: 100}, 9), 312, 41},
		"packets of 255 bytes and more":  {writeOgg(recording{preSkip: 312, packets: long()}, 9), 312, 5},
		"more packets than a page holds": {writeOgg(recording{packets: bytes.SplitAfter(bytes.Repeat([]byte{0xe0}, 700), []byte{0xe0})[:700]}, 9), 312, 700},
	} {
		t.Run(name, func(t *testing.T) {
			note, err := Repack(c.file)
			if err != nil {
				t.Fatal(err)
			}
			again, err := readOgg(note.Ogg)
			if err != nil {
				t.Fatal(err)
			}
			samples := 0
			for _, p := range again.packets {
				samples += samplesOf(p)
			}
			want := time.Duration(samples-int(again.preSkip)-again.trim) * time.Second / samplesPerSecond
			if len(again.packets) != c.packets || again.preSkip != c.preSkip || note.Duration != want || note.Ogg[len("OggS")+oggHead-4+10] != 1 {
				t.Errorf("%d packets, pre-skip %d, %v long, want %v", len(again.packets), again.preSkip, note.Duration, want)
			}
			independent(t, note)
		})
	}
}

// long are packets whose lengths try the lacing: 254, 255, 256, 510 and the most there is.
func long() (packets [][]byte) {
	for _, n := range []int{254, 255, 256, 510, 1275} {
		packets = append(packets, append([]byte{0x78}, bytes.Repeat([]byte{1}, n-1)...))
	}
	return packets
}

// independent has opusinfo, which is no work of ours, read the file.
func independent(t *testing.T, note Note) {
	t.Helper()
	tool, err := exec.LookPath("opusinfo")
	if err != nil {
		t.Skip("opusinfo is not installed (apt-get install opus-tools); CI has it")
	}
	path := filepath.Join(t.TempDir(), "note.ogg")
	if err := os.WriteFile(path, note.Ogg, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(tool, path).CombinedOutput()
	text := string(out)
	if err != nil || strings.Contains(strings.ToUpper(text), "WARNING") || strings.Contains(strings.ToUpper(text), "ERROR") {
		t.Errorf("opusinfo: %v\n%s", err, text)
	}
	length := regexp.MustCompile(`Playback length: (\d+)m:([\d.]+)s`).FindStringSubmatch(text)
	if length == nil || !strings.Contains(text, "Channels: 1") {
		t.Fatalf("opusinfo:\n%s", text)
	}
	minutes, _ := time.ParseDuration(length[1] + "m")
	seconds, _ := time.ParseDuration(length[2] + "s")
	if off := (minutes + seconds - note.Duration).Abs(); off > 2*time.Millisecond {
		t.Errorf("opusinfo says %v, we say %v", minutes+seconds, note.Duration)
	}
}

func TestRepackRefuses(t *testing.T) {
	webm, mp4, ogg := sample(t, "chromium.webm"), sample(t, "chromium.mp4"), mustRepack(t, sample(t, "chromium.webm")).Ogg
	spoiled := bytes.Clone(ogg)
	spoiled[len(spoiled)/2] ^= 1
	for name, c := range map[string]struct {
		file []byte
		want error
	}{
		"nothing":                        {nil, ErrFormat},
		"a picture":                      {[]byte("\x89PNG\r\n\x1a\n and so on"), ErrFormat},
		"WebM with Vorbis":               {bytes.ReplaceAll(webm, []byte("A_OPUS"), []byte("A_VORB")), ErrCodec},
		"MP4 with AAC":                   {bytes.ReplaceAll(mp4, []byte("Opus\x00"), []byte("mp4a\x00")), ErrCodec},
		"Ogg with something else":        {writeOggPage([]byte("\x01vorbis...")), ErrCodec},
		"Ogg with a wrong checksum":      {spoiled, ErrBroken},
		"WebM without sound":             {webm[:bytes.Index(webm, []byte{0x1f, 0x43, 0xb6, 0x75})], ErrBroken},
		"MP4 without sound":              {mp4[:0x24+0x25d], ErrBroken},
		"more channels than microphones": {bytes.Replace(webm, []byte("OpusHead\x01\x01"), []byte("OpusHead\x01\x06"), 1), ErrBroken},
		"packets that are none":          {writeOgg(recording{packets: [][]byte{{0xff, 0x3f}}}, 1), ErrBroken},
	} {
		t.Run(name, func(t *testing.T) {
			if note, err := Repack(c.file); !errors.Is(err, c.want) || note.Ogg != nil {
				t.Errorf("%v", err)
			}
		})
	}
	t.Run("cut off anywhere inside a packet, a page or a box", func(t *testing.T) {
		for name, file := range map[string][]byte{"mp4": mp4, "ogg": ogg} {
			for _, n := range []int{len(file) - 1, len(file) - 20, len(file) / 2, len(file) / 3} {
				if _, err := Repack(file[:n]); !errors.Is(err, ErrBroken) {
					t.Errorf("%s cut to %d of %d bytes: %v", name, n, len(file), err)
				}
			}
		}
		for _, n := range []int{len(webm) - 1, len(webm) - 20, len(webm) / 2} {
			if _, err := Repack(webm[:n]); !errors.Is(err, ErrBroken) {
				t.Errorf("webm cut to %d of %d bytes: %v", n, len(webm), err)
			}
		}
	})
	t.Run("tables that point to the same bytes again and again are not followed", func(t *testing.T) {
		r, _ := readWebM(webm)
		same := r
		same.packets = nil
		for range 200 {
			same.packets = append(same.packets, r.packets[0])
		}
		file := wholeMP4(t, same, false)
		// All samples get the size of the whole sound.
		at := bytes.Index(file, []byte("stsz"))
		for i := range 200 {
			binary.BigEndian.PutUint32(file[at+16+4*i:], uint32(len(r.packets[0])*190))
		}
		if _, err := Repack(file); !errors.Is(err, ErrBroken) {
			t.Error(err)
		}
	})
}

func writeOggPage(packet []byte) []byte {
	w := oggWriter{serial: 1}
	w.page(flagFirst, 0, [][]byte{packet})
	return w.out
}

func mustRepack(t testing.TB, file []byte) Note {
	t.Helper()
	note, err := Repack(file)
	if err != nil {
		t.Fatal(err)
	}
	return note
}

func TestFiveMinutesStaySmall(t *testing.T) {
	// 12 kbit/s in packets of 60 ms, as the desk asks its browser for: 90 bytes each.
	r := recording{preSkip: 312}
	for range 5 * 60 * 1000 / 60 {
		r.packets = append(r.packets, append([]byte{0x0b, 0x83}, make([]byte, 88)...))
		r.packets[len(r.packets)-1][0] = 0x18
	}
	if n := len(writeOgg(r, 1)); n > 512<<10 {
		t.Errorf("%d bytes", n)
	}
}

func TestSamplesOf(t *testing.T) {
	for _, c := range []struct {
		packet []byte
		ms     float64
	}{
		{[]byte{0 << 3}, 10}, {[]byte{3 << 3}, 60}, {[]byte{12 << 3}, 10}, {[]byte{13<<3 | 1}, 40}, {[]byte{16 << 3}, 2.5}, {[]byte{31<<3 | 2}, 40},
		{[]byte{31<<3 | 3, 6}, 120}, {[]byte{31<<3 | 3, 7}, 0}, {[]byte{3}, 0}, {nil, 0}, {[]byte{3, 0}, 0},
	} {
		if got := samplesOf(c.packet); got != int(c.ms*48) {
			t.Errorf("%x: %d samples, want %v ms", c.packet, got, c.ms)
		}
	}
}

func FuzzRepack(f *testing.F) {
	webm, mp4 := sample(f, "chromium.webm"), sample(f, "chromium.mp4")
	r, err := readWebM(webm)
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range [][]byte{webm, mp4, writeOgg(r, 1), wholeMP4(f, r, false), wholeMP4(f, r, true), webm[:200], mp4[:900]} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		note, err := Repack(file)
		if err != nil {
			if note.Ogg != nil || !errors.Is(err, ErrBroken) && !errors.Is(err, ErrFormat) && !errors.Is(err, ErrCodec) {
				t.Fatalf("%v", err)
			}
			return
		}
		if len(note.Ogg) > 2*len(file)+4096 || note.Duration <= 0 {
			t.Fatalf("%d bytes out of %d, %v", len(note.Ogg), len(file), note.Duration)
		}
		again, err := Repack(note.Ogg)
		if err != nil || again.Duration != note.Duration {
			t.Fatalf("what was written cannot be read: %v, %v of %v", err, again.Duration, note.Duration)
		}
	})
}
