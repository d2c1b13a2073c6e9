package campaign

// numberSet remembers in which row a number was first seen, in about 24 bytes per number: a sheet of a million people
// must fit in little memory. Zero is no number.
type numberSet struct {
	keys  []uint64
	rows  []uint32
	count int
}

// newNumberSet makes a set; expected may be 0.
func newNumberSet(expected int) *numberSet {
	size := 1024
	for size < expected*2 {
		size *= 2
	}
	return &numberSet{keys: make([]uint64, size), rows: make([]uint32, size)}
}

// add remembers a number with its row. It gives the row of an earlier one and true when there was one.
func (s *numberSet) add(key uint64, row uint32) (uint32, bool) {
	i := s.find(key)
	if s.keys[i] == key {
		return s.rows[i], true
	}
	s.keys[i], s.rows[i] = key, row
	if s.count++; s.count*3 > len(s.keys)*2 {
		s.grow()
	}
	return row, false
}

func (s *numberSet) has(key uint64) bool { return s.keys[s.find(key)] == key }

// row gives what was remembered with a number; 0 for one that is not there.
func (s *numberSet) row(key uint64) uint32 {
	if i := s.find(key); s.keys[i] == key {
		return s.rows[i]
	}
	return 0
}

func (s *numberSet) find(key uint64) int {
	mask := len(s.keys) - 1
	i := int((key*0x9e3779b97f4a7c15)>>20) & mask
	for s.keys[i] != 0 && s.keys[i] != key {
		i = (i + 1) & mask
	}
	return i
}

func (s *numberSet) grow() {
	keys, rows := s.keys, s.rows
	s.keys, s.rows = make([]uint64, 2*len(keys)), make([]uint32, 2*len(keys))
	for i, key := range keys {
		if key != 0 {
			j := s.find(key)
			s.keys[j], s.rows[j] = key, rows[i]
		}
	}
}

// senderStep separates the numbers of one sender from those of the next: no identity key has more than 15 digits.
const senderStep = 1_000_000_000_000_000

// numberOf gives the digits of an identity key as a number; 0 when it is none.
func numberOf(key string) uint64 {
	if len(key) > 15 {
		return 0
	}
	var n uint64
	for i := 0; i < len(key); i++ {
		if key[i] < '0' || key[i] > '9' {
			return 0
		}
		n = n*10 + uint64(key[i]-'0')
	}
	return n
}
