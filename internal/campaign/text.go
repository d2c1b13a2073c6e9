package campaign

import "strings"

// cleanText takes out what a database cannot keep in a text: zero bytes and bytes of no character.
func cleanText(text string) string {
	if strings.IndexByte(text, 0) < 0 {
		return strings.ToValidUTF8(text, "")
	}
	return strings.ToValidUTF8(strings.ReplaceAll(text, "\x00", ""), "")
}
