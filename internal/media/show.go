package media

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	_ "image/png" // thumbnails of PNG
	"io"
	"strings"

	"recado/internal/fault"

	"golang.org/x/image/draw"
)

// Inline tells whether a browser may show bytes of this kind in place. Everything else is a download: SVG and HTML can
// carry scripts that would run as us.
func Inline(mime string) bool {
	switch mime {
	case "image/jpeg", "image/png", "image/webp", "image/gif", "application/pdf", "text/plain", "video/mp4", "video/3gpp", "video/webm":
		return true
	}
	return strings.HasPrefix(mime, "audio/")
}

// Bounds of thumbnails: a small picture file can unfold to gigabytes, so its dimensions are read before it is decoded.
const (
	thumbSide  = 360        // pixels of the longer side
	maxPixels  = 50_000_000 // of a picture that is decoded
	thumbGrade = 80
)

// Thumbnail gives a small JPEG of a JPEG or PNG, made at the first asking and kept. Other kinds, and pictures of more than
// 50 megapixels, are the fault file.no_thumbnail.
func (r *Room) Thumbnail(ctx context.Context, f File) (io.ReadSeekCloser, error) {
	if f.Mime != "image/jpeg" && f.Mime != "image/png" {
		return nil, noThumbnail(nil)
	}
	place := f.Place + ".thumb"
	if kept, err := r.store.Open(ctx, place); err == nil || !Missing(err) {
		return kept, err
	}
	select {
	case r.scale <- struct{}{}:
		defer func() { <-r.scale }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	body, err := r.Open(ctx, f)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	small, err := shrink(body)
	if err != nil {
		return nil, noThumbnail(err)
	}
	if err := r.store.Put(ctx, place, bytes.NewReader(small)); err != nil {
		return nil, err
	}
	return r.store.Open(ctx, place)
}

func noThumbnail(cause error) error {
	return fault.New(fault.NotFound, "file.no_thumbnail", "This file has no thumbnail.").Because(cause)
}

// shrink decodes a picture of bounded dimensions and gives a JPEG of at most thumbSide pixels, on white.
func shrink(body io.ReadSeeker) ([]byte, error) {
	config, _, err := image.DecodeConfig(body)
	if err != nil {
		return nil, fmt.Errorf("picture: %w", err)
	}
	if config.Width <= 0 || config.Height <= 0 || config.Width > maxPixels/config.Height {
		return nil, fmt.Errorf("picture of %d × %d pixels is not decoded", config.Width, config.Height)
	}
	if _, err := body.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	full, _, err := image.Decode(body)
	if err != nil {
		return nil, fmt.Errorf("picture: %w", err)
	}
	w, h := config.Width, config.Height
	if longer := max(w, h); longer > thumbSide {
		w, h = max(1, w*thumbSide/longer), max(1, h*thumbSide/longer)
	}
	small := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(small, small.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.ApproxBiLinear.Scale(small, small.Bounds(), full, full.Bounds(), draw.Over, nil)
	var out bytes.Buffer
	err = jpeg.Encode(&out, small, &jpeg.Options{Quality: thumbGrade})
	return out.Bytes(), err
}
