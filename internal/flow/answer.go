package flow

import (
	"net/mail"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"recado/internal/contact"
	"recado/internal/conversation"
)

// read takes what a person said as an answer of this kind; ok is false when it is none.
func (a *Answer) read(in Input) (value string, ok bool) {
	text, kind := strings.TrimSpace(in.Text), AnyText
	if a != nil {
		kind = a.Kind
	}
	switch kind {
	case File:
		return Cut(text, maxValue), in.Media
	case Number:
		n, ok := number(text)
		return strconv.FormatFloat(n, 'f', -1, 64), ok && a.within(n)
	case Email:
		at, err := mail.ParseAddress(text)
		return text, err == nil && at.Address == text && strings.Contains(text[strings.LastIndexByte(text, '@'):], ".")
	case Phone:
		phone, err := contact.ParsePhone(text, in.Country)
		return "+" + phone.E164, err == nil
	case Date:
		day, ok := date(text)
		return day, ok
	}
	return Cut(text, maxValue), text != "" && (a == nil || a.within(float64(utf8.RuneCountInString(text))))
}

func (a *Answer) within(n float64) bool {
	return (a.Min == nil || n >= *a.Min) && (a.Max == nil || n <= *a.Max)
}

// number reads 12, 12.5, 12,5, 1.234,50, 1,234.50 and numbers of keycap emoji.
func number(text string) (float64, bool) {
	text = conversation.PlainDigits(strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '\'' {
			return -1
		}
		return r
	}, text))
	point, comma := strings.LastIndexByte(text, '.'), strings.LastIndexByte(text, ',')
	switch {
	case comma > point && point >= 0: // 1.234,50
		text = strings.Replace(strings.ReplaceAll(text, ".", ""), ",", ".", 1)
	case point > comma && comma >= 0: // 1,234.50
		text = strings.ReplaceAll(text, ",", "")
	case comma >= 0: // 12,5
		text = strings.Replace(text, ",", ".", 1)
	case strings.Count(text, ".") > 1: // 1.234.567
		text = strings.ReplaceAll(text, ".", "")
	}
	if !plainNumber.MatchString(text) {
		return 0, false
	}
	n, err := strconv.ParseFloat(text, 64)
	return n, err == nil
}

var plainNumber = regexp.MustCompile(`^[+-]?[0-9]{1,15}(\.[0-9]{1,10})?$`)

var dates = regexp.MustCompile(`^([0-9]{1,4})[-/. ]([0-9]{1,2})[-/. ]([0-9]{1,4})$`)

// date reads 31/12/2026 and 2026-12-31, and gives the second form. The day comes before the month.
func date(text string) (string, bool) {
	part := dates.FindStringSubmatch(conversation.PlainDigits(text))
	if part == nil {
		return "", false
	}
	year, day := part[3], part[1]
	if len(part[1]) == 4 {
		year, day = part[1], part[3]
	}
	if len(year) == 2 {
		year = "20" + year
	}
	on, err := time.Parse("2006-1-2", year+"-"+part[2]+"-"+day)
	if err != nil || on.Year() < 1900 || on.Year() > 2200 {
		return "", false
	}
	return on.Format(time.DateOnly), true
}

// Fold is what two ways to write a title have in common: no case, no accents, nothing but the words.
func Fold(text string) string { return conversation.FoldTitle(text) }
