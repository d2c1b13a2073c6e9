package simulator

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

// The most a post may hold (whatsapp-cloud-api §5).
const (
	maxBatchChanges = 1000
	maxBatchBytes   = 3 << 20
)

// encode writes JSON as the provider does before escaping: HTML signs stay as they are.
func encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(fmt.Sprintf("simulator: a value of its own cannot be written as JSON: %v", err))
	}
	return bytes.TrimRight(b.Bytes(), "\n")
}

// escape rewrites valid JSON the way the provider writes webhooks: "/" as "\/" and everything
// beyond ASCII as \u escapes, so that receivers that re-encode before checking the signature fail.
func escape(jsonText []byte) []byte {
	const hexDigits = "0123456789abcdef"
	out := make([]byte, 0, len(jsonText)+len(jsonText)/8)
	unit := func(u rune) {
		out = append(out, '\\', 'u', hexDigits[u>>12&15], hexDigits[u>>8&15], hexDigits[u>>4&15], hexDigits[u&15])
	}
	for i := 0; i < len(jsonText); {
		c := jsonText[i]
		if c == '/' {
			out = append(out, '\\', '/')
			i++
			continue
		}
		if c < utf8.RuneSelf {
			out = append(out, c)
			i++
			if c == '\\' && i < len(jsonText) { // an escape already made stays as it is
				out = append(out, jsonText[i])
				i++
			}
			continue
		}
		r, size := utf8.DecodeRune(jsonText[i:])
		i += size
		if r > 0xFFFF {
			r -= 0x10000
			unit(0xD800 + r>>10)
			unit(0xDC00 + r&0x3FF)
			continue
		}
		unit(r)
	}
	return out
}

// sign returns the value of X-Hub-Signature-256 for a raw body.
func sign(secret string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

// envelope puts changes into one body; consecutive ones of the same account share an entry.
func envelope(changes []change) []byte {
	var b bytes.Buffer
	b.WriteString(`{"object":"whatsapp_business_account","entry":[`)
	for i, c := range changes {
		if i > 0 && sameEntry(changes[i-1], c) {
			b.WriteByte(',')
		} else {
			if i > 0 {
				b.WriteString(`]},`)
			}
			fmt.Fprintf(&b, `{"id":"%s",`, c.account)
			if c.time != 0 {
				fmt.Fprintf(&b, `"time":%d,`, c.time)
			}
			b.WriteString(`"changes":[`)
		}
		b.WriteString(`{"value":`)
		b.Write(c.value)
		fmt.Fprintf(&b, `,"field":"%s"}`, c.field)
	}
	b.WriteString(`]}]}`)
	return escape(b.Bytes())
}

func sameEntry(a, b change) bool { return a.account == b.account && a.time == b.time }
