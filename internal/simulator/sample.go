package simulator

import (
	_ "embed" // the samples
	"encoding/binary"
)

// sampleOf gives a tiny file of the kind, so that a customer can send media without having any.
func sampleOf(said Said) *file {
	switch said.Type {
	case "image":
		return &file{mime: "image/jpeg", name: "foto.jpg", data: samplePicture}
	case "sticker":
		return &file{mime: "image/webp", name: "sticker.webp", data: sampleSticker}
	case "audio":
		return &file{mime: "audio/ogg; codecs=opus", name: "audio.ogg", data: sampleOgg()}
	case "video":
		return &file{mime: "video/mp4", name: "video.mp4", data: sampleMP4}
	}
	return &file{mime: orDefault(said.Mime, "application/pdf"), name: orDefault(said.Filename, "documento.pdf"), data: []byte(samplePDF)}
}

// A drawn landscape, a smiling star and a film of a bouncing ball (H.264, 1.5 s), made for this project.
var (
	//go:embed samples/picture.jpg
	samplePicture []byte
	//go:embed samples/film.mp4
	sampleMP4 []byte
	//go:embed samples/sticker.webp
	sampleSticker []byte
)

const samplePDF = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n" +
	"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n" +
	"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]>>endobj\n" +
	"trailer<</Root 1 0 R>>\n%%EOF\n"

// sampleOgg makes one second of silence as Ogg Opus (RFC 7845): head, tags, and fifty packets of 20 ms.
func sampleOgg() []byte {
	head := append([]byte("OpusHead"), 1, 1, 0, 0, 0x80, 0xBB, 0, 0, 0, 0, 0)
	tags := append([]byte("OpusTags"), 6, 0, 0, 0)
	tags = append(tags, "Recado"...)
	tags = append(tags, 0, 0, 0, 0)
	silence := []byte{0xF8, 0xFF, 0xFE}
	var packets [][]byte
	for range 50 {
		packets = append(packets, silence)
	}
	out := oggPage(2, 0, 0, head)
	out = append(out, oggPage(0, 0, 1, tags)...)
	return append(out, oggPage(4, 48000, 2, packets...)...)
}

// oggPage frames packets of less than 255 bytes (RFC 3533).
func oggPage(flags byte, position uint64, sequence uint32, packets ...[]byte) []byte {
	page := append([]byte("OggS"), 0, flags)
	page = binary.LittleEndian.AppendUint64(page, position)
	page = binary.LittleEndian.AppendUint32(page, 1)
	page = binary.LittleEndian.AppendUint32(page, sequence)
	page = append(page, 0, 0, 0, 0, byte(len(packets)))
	for _, p := range packets {
		page = append(page, byte(len(p)))
	}
	for _, p := range packets {
		page = append(page, p...)
	}
	binary.LittleEndian.PutUint32(page[22:], oggChecksum(page))
	return page
}

// oggChecksum is the CRC of RFC 3533: polynomial 0x04c11db7, not reflected, no final inversion.
func oggChecksum(page []byte) uint32 {
	var crc uint32
	for _, b := range page {
		crc ^= uint32(b) << 24
		for range 8 {
			carry := crc & 0x80000000
			crc <<= 1
			if carry != 0 {
				crc ^= 0x04c11db7
			}
		}
	}
	return crc
}
