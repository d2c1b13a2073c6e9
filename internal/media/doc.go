// Package media keeps files: what members attach, what people send, what templates show. The bytes are in a Store (a
// folder), the rows in files. Bytes are streamed, measured and hashed on the way; a file's kind is found by looking at
// it, never by its name.
//
//	Save      a file somebody gives us                       → ready
//	SaveVoice a recording, repacked as a voice note (leaf opus)
//	ExpectIn  a file the provider holds for us, with its source → fetching → Fill → ready, or Fail → failed
//	Open      the bytes of a ready file; Thumbnail a small JPEG of a picture
//
// SVG and HTML are kept and handed out as downloads only: a browser must never run them (Inline).
package media
