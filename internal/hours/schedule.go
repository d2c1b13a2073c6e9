package hours

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"recado/internal/fault"
)

// Bounds of a schedule.
const (
	MaxIntervals = 3   // a day
	MaxHolidays  = 200 // a schedule
	MaxName      = 60  // characters of a holiday's name
)

const (
	day  = 24 * 60 // minutes
	week = 7 * day
)

// Interval is a part of a day. One that ends at or before its start ends on the next day, and belongs to the day it begins on.
type Interval struct {
	From string `json:"from"` // 00:00 to 23:59, inclusive
	To   string `json:"to"`   // 00:00 to 24:00, exclusive
}

// Holiday replaces the intervals that begin on a date.
type Holiday struct {
	Date      string     `json:"date"` // DD/MM for every year, or DD/MM/YYYY, which goes before DD/MM
	Name      string     `json:"name"`
	Intervals []Interval `json:"intervals"` // none: closed
}

// Schedule is when people answer. With Always neither days nor holidays count, though they are kept.
type Schedule struct {
	Always   bool          `json:"always"`
	Days     [7][]Interval `json:"days"` // 0 Sunday to 6 Saturday; none: closed
	Holidays []Holiday     `json:"holidays"`
}

// Default is the schedule of who has not chosen one: always, with the days of an office ready for when it is not.
func Default() Schedule {
	s := Schedule{Always: true, Holidays: []Holiday{}}
	for d := range s.Days {
		s.Days[d] = []Interval{}
		if d > 0 && d < 6 {
			s.Days[d] = []Interval{{From: "09:00", To: "18:00"}}
		}
	}
	return s
}

// span is an interval in minutes of its day; to is more than a day when it crosses midnight.
type span struct{ from, to int }

// Check puts a schedule in its one form (dates with two digits, names without blanks around, no absent lists) and fails with Invalid
// on the field at fault, such as days.1.0.to or holidays.2.date.
func (s *Schedule) Check() error {
	_, err := s.Clock(time.UTC)
	return err
}

// Clock makes a schedule ready to be asked, by the clocks of zone. It does and fails as Check.
func (s *Schedule) Clock(zone *time.Location) (*Clock, error) {
	c := &Clock{always: s.Always, zone: zone, holidays: map[date][]span{}}
	for d := range s.Days {
		field := "days." + strconv.Itoa(d)
		spans, err := read(&s.Days[d], field)
		if err != nil {
			return nil, err
		}
		c.days[d] = spans
	}
	if err := c.overlap(); err != nil {
		return nil, err
	}
	if len(s.Holidays) > MaxHolidays {
		return nil, fault.New(fault.Invalid, "hours.holidays", "At most %d holidays can be kept.", MaxHolidays).On("holidays").With("limit", MaxHolidays)
	}
	if s.Holidays == nil {
		s.Holidays = []Holiday{}
	}
	for i := range s.Holidays {
		if err := c.add(&s.Holidays[i], "holidays."+strconv.Itoa(i)); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func (c *Clock) add(h *Holiday, field string) error {
	on, err := readDate(h.Date)
	if err != nil {
		return fault.New(fault.Invalid, "hours.date", "“%s” is not a date. Write DD/MM or DD/MM/YYYY.", h.Date).On(field+".date").With("date", h.Date)
	}
	h.Date, h.Name = on.String(), strings.TrimSpace(h.Name)
	switch _, doubled := c.holidays[on]; {
	case doubled:
		return fault.New(fault.Invalid, "hours.doubled", "%s is in the list twice.", h.Date).On(field+".date").With("date", h.Date)
	case h.Name == "" || utf8.RuneCountInString(h.Name) > MaxName:
		return fault.New(fault.Invalid, "hours.name", "Name the holiday with at most %d characters.", MaxName).On(field+".name").With("limit", MaxName)
	}
	spans, err := read(&h.Intervals, field+".intervals")
	if err != nil {
		return err
	}
	for i, a := range spans {
		for _, b := range spans[:i] {
			if a.from < b.to && b.from < a.to {
				return overlaps(fmt.Sprintf("%s.intervals.%d.from", field, i))
			}
		}
	}
	c.holidays[on] = spans
	return nil
}

// overlap looks for two intervals of the week at one time, also where one goes on after midnight or from Saturday into Sunday.
func (c *Clock) overlap() error {
	var all []span
	var fields []string
	for d, spans := range c.days {
		for i, s := range spans {
			all = append(all, span{d*day + s.from, d*day + s.to})
			fields = append(fields, fmt.Sprintf("days.%d.%d", d, i))
		}
	}
	for i, a := range all {
		for j, b := range all[:i] {
			switch {
			case a.from < b.to && b.from < a.to:
				return overlaps(fields[i] + ".from")
			case a.to-week > b.from:
				return overlaps(fields[i] + ".to")
			case b.to-week > a.from:
				return overlaps(fields[j] + ".to")
			}
		}
	}
	return nil
}

func overlaps(field string) error {
	return fault.New(fault.Invalid, "hours.overlap", "This interval and another one are at the same time.").On(field)
}

func read(intervals *[]Interval, field string) ([]span, error) {
	if *intervals == nil {
		*intervals = []Interval{}
	}
	if len(*intervals) > MaxIntervals {
		return nil, fault.New(fault.Invalid, "hours.intervals", "A day has at most %d intervals.", MaxIntervals).On(field).With("limit", MaxIntervals)
	}
	var spans []span
	for i, one := range *intervals {
		from, known := readTime(one.From)
		if !known || from == day {
			return nil, fault.New(fault.Invalid, "hours.from", "Begin at a time from 00:00 to 23:59.").On(fmt.Sprintf("%s.%d.from", field, i))
		}
		to, known := readTime(one.To)
		if !known {
			return nil, fault.New(fault.Invalid, "hours.to", "End at a time from 00:00 to 24:00.").On(fmt.Sprintf("%s.%d.to", field, i))
		}
		if to <= from {
			to += day
		}
		spans = append(spans, span{from, to})
	}
	return spans, nil
}

// readTime gives the minutes of HH:MM, 00:00 to 24:00.
func readTime(text string) (minutes int, known bool) {
	if len(text) != 5 || text[2] != ':' {
		return 0, false
	}
	for _, i := range []int{0, 1, 3, 4} {
		if text[i] < '0' || text[i] > '9' {
			return 0, false
		}
	}
	hour, minute := int(text[0]-'0')*10+int(text[1]-'0'), int(text[3]-'0')*10+int(text[4]-'0')
	return hour*60 + minute, minute < 60 && hour*60+minute <= day
}

// date is a day of one year, or of every year when year is 0.
type date struct{ day, month, year int }

func (d date) String() string {
	if d.year == 0 {
		return fmt.Sprintf("%02d/%02d", d.day, d.month)
	}
	return fmt.Sprintf("%02d/%02d/%04d", d.day, d.month, d.year)
}

const leapYear = 2000 // 29/02 comes, though not every year

func readDate(text string) (date, error) {
	parts := strings.Split(strings.TrimSpace(text), "/")
	numbers := [3]int{}
	if len(parts) < 2 || len(parts) > 3 {
		return date{}, strconv.ErrSyntax
	}
	for i, part := range parts {
		if len(part) == 0 || i < 2 && len(part) > 2 || i == 2 && len(part) != 4 {
			return date{}, strconv.ErrSyntax
		}
		n, err := strconv.ParseUint(part, 10, 16)
		if err != nil {
			return date{}, err
		}
		numbers[i] = int(n)
	}
	d := date{numbers[0], numbers[1], numbers[2]}
	year := d.year
	if len(parts) == 2 {
		year = leapYear
	}
	real := time.Date(year, time.Month(d.month), d.day, 0, 0, 0, 0, time.UTC)
	if year < 2000 || real.Day() != d.day || int(real.Month()) != d.month {
		return date{}, strconv.ErrRange
	}
	return d, nil
}
