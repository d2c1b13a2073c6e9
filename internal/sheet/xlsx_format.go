package sheet

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// numberFormat is what matters of a cell's number format: whether the number is
// a day or a time of day, and how many digits are always shown.
type numberFormat struct {
	date, clock bool
	elapsed     bool // a clock that counts beyond a day: [h]:mm
	digits      int  // 5 for 00000
}

// readStyles finds the number format of every cell style (cellXfs).
func (b *workbook) readStyles(part string) error {
	doc, err := b.open(part, maxSmallPart)
	if err != nil {
		return err
	}
	defer doc.close()
	codes := map[int]string{}
	inCells := false
	return doc.each(func(e element) error {
		switch e.name {
		case "numFmt":
			if id, err := strconv.Atoi(e.attr("numFmtId")); err == nil {
				codes[id] = e.attr("formatCode")
			}
		case "cellXfs":
			inCells = true
		case "cellStyleXfs", "cellStyles", "dxfs":
			inCells = false
		case "xf":
			if inCells {
				id, _ := strconv.Atoi(e.attr("numFmtId"))
				b.formats = append(b.formats, formatOf(id, codes))
			}
		}
		return nil
	})
}

// formatOf knows the formats every program has built in (ECMA-376 part 1,
// §18.8.30) and reads the code of the others.
func formatOf(id int, codes map[int]string) numberFormat {
	if code, ok := codes[id]; ok {
		return formatFromCode(code)
	}
	switch {
	case id >= 14 && id <= 17, id >= 27 && id <= 31, id == 36, id >= 50 && id <= 54, id == 57 || id == 58:
		return numberFormat{date: true}
	case id == 46:
		return numberFormat{clock: true, elapsed: true}
	case id >= 18 && id <= 21, id >= 32 && id <= 35, id >= 45 && id <= 47, id == 55 || id == 56:
		return numberFormat{clock: true}
	case id == 22:
		return numberFormat{date: true, clock: true}
	}
	return numberFormat{}
}

// formatFromCode looks for the letters of dates and times outside quotes,
// escapes and brackets; an m alone is a month, beside h or s minutes.
func formatFromCode(code string) numberFormat {
	code, _, _ = strings.Cut(code, ";") // the form for positive numbers
	if len(code) > 1 && strings.Trim(code, "0") == "" {
		return numberFormat{digits: min(len(code), 15)}
	}
	var f numberFormat
	month := false
	for i := 0; i < len(code); i++ {
		switch code[i] {
		case '"':
			i = skipTo(code, i, '"')
		case '[':
			end := skipTo(code, i, ']')
			if inside := strings.ToLower(code[i+1 : min(end, len(code))]); inside != "" && strings.Trim(inside, "hms") == "" {
				f.clock, f.elapsed = true, true
			}
			i = end
		case '\\', '_', '*':
			i++
		case 'y', 'Y', 'd', 'D':
			f.date = true
		case 'h', 'H', 's', 'S':
			f.clock = true
		case 'm', 'M':
			month = true
		case 'G', 'g':
			if len(code) >= i+7 && strings.EqualFold(code[i:i+7], "general") {
				return numberFormat{}
			}
		}
	}
	f.date = f.date || month && !f.clock
	return f
}

func skipTo(code string, i int, end byte) int {
	if j := strings.IndexByte(code[i+1:], end); j >= 0 {
		return i + 1 + j
	}
	return len(code)
}

// text writes a stored number. What is no number is given back as it is.
func (f numberFormat) text(stored string, date1904 bool) string {
	if stored == "" {
		return ""
	}
	if f.date || f.clock {
		if serial, err := strconv.ParseFloat(stored, 64); err == nil {
			if text, ok := f.moment(serial, date1904); ok {
				return text
			}
		}
	}
	text := plainNumber(stored)
	for len(text) < f.digits && strings.Trim(text, "0123456789") == "" {
		text = "0" + text
	}
	return text
}

// moment writes a serial day number. Days are counted from 1899-12-30, which
// makes up for the 29 February 1900 that never was, or from 1904-01-01.
func (f numberFormat) moment(serial float64, date1904 bool) (string, bool) {
	const lastDay = 2_958_465 // 9999-12-31
	if !(serial >= 0 && serial < lastDay+1) {
		return "", false
	}
	origin := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	if date1904 {
		origin = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	} else if serial < 60 {
		origin = origin.AddDate(0, 0, 1)
	}
	days := math.Floor(serial)
	seconds := math.Round((serial - days) * 86_400)
	at := origin.AddDate(0, 0, int(days)).Add(time.Duration(seconds) * time.Second)
	clock := "15:04"
	if at.Second() != 0 {
		clock = "15:04:05"
	}
	switch {
	case f.date && f.clock:
		return at.Format("2006-01-02 " + clock), true
	case f.date:
		return at.Format("2006-01-02"), true
	case f.elapsed && serial >= 1:
		total := int64(math.Round(serial * 86_400))
		return strconv.FormatInt(total/3600, 10) + at.Format(clock[2:]), true
	}
	return at.Format(clock), true
}

// plainNumber writes a number in plain digits, without the noise of binary
// fractions behind the fifteenth significant digit.
func plainNumber(stored string) string {
	if strings.Trim(stored, "0123456789") == "" {
		return stored
	}
	value, err := strconv.ParseFloat(stored, 64)
	if err != nil || math.IsInf(value, 0) || math.IsNaN(value) {
		return stored
	}
	if value, err = strconv.ParseFloat(strconv.FormatFloat(value, 'g', 15, 64), 64); err != nil {
		return stored
	}
	return strconv.FormatFloat(value, 'f', -1, 64)
}
