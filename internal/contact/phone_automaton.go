package contact

import "regexp/syntax"

// automaton decides whether digits match a pattern of the phone number
// library, in one table look-up per digit. It is built from the very pattern
// the library uses, so it can not disagree with it or grow old beside it.
type automaton struct {
	next      [][10]int16 // state by digit; 0 is the state nothing leads out of
	accepting []bool
	lengths   uint64 // bit n: n digits are possible; 0: any length
}

const (
	deadState  = 0
	startState = 1
	// stateLimit keeps a hostile or unexpected pattern from growing without
	// end; the largest of the library (Argentina's areas) needs a tenth of it.
	stateLimit = 30_000
)

// newAutomaton compiles a pattern, or gives nil when it uses more of the regular
// expression language than digits, classes, groups and repetitions.
func newAutomaton(pattern string, lengths []int32) *automaton {
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return nil
	}
	program, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		return nil
	}
	b := &automatonBuilder{program: program, states: map[string]int16{}}
	return b.build(lengths)
}

// matches says whether all the digits together match.
func (a *automaton) matches(digits []byte) bool {
	if a == nil || a.lengths != 0 && a.lengths&(1<<len(digits)) == 0 {
		return false
	}
	state := int16(startState)
	for _, d := range digits {
		if state = a.next[state][d-'0']; state == deadState {
			return false
		}
	}
	return a.accepting[state]
}

// matchesStart says whether the digits begin with one or more that match.
func (a *automaton) matchesStart(digits []byte) bool {
	state := int16(startState)
	for _, d := range digits {
		if state = a.next[state][d-'0']; state == deadState {
			return false
		}
		if a.accepting[state] {
			return true
		}
	}
	return false
}

// possibleLengths has bit n set when n digits can match; 0 when nothing is said.
func (a *automaton) possibleLengths() uint64 {
	if a == nil {
		return 0
	}
	return a.lengths
}

// automatonBuilder makes sets of instructions into states, as textbooks do.
type automatonBuilder struct {
	program *syntax.Prog
	states  map[string]int16 // the set, as a string of bits, to its state
	sets    [][]uint32
	failed  bool
}

func (b *automatonBuilder) build(lengths []int32) *automaton {
	a := &automaton{}
	b.stateOf(nil)
	b.stateOf(b.closure(nil, uint32(b.program.Start)))
	for state := 0; state < len(b.sets); state++ {
		var row [10]int16
		for digit := range row {
			row[digit] = b.stateOf(b.step(b.sets[state], rune('0'+digit)))
		}
		if b.failed || len(b.sets) > stateLimit {
			return nil
		}
		a.next = append(a.next, row)
		a.accepting = append(a.accepting, b.accepts(b.sets[state]))
	}
	for _, n := range lengths {
		if n > 0 && n < 64 {
			a.lengths |= 1 << n
		}
	}
	return a
}

// stateOf gives a set its number; a set is a list of instructions in order.
func (b *automatonBuilder) stateOf(set []uint32) int16 {
	bits := make([]byte, len(b.program.Inst)/8+1)
	for _, pc := range set {
		bits[pc/8] |= 1 << (pc % 8)
	}
	state, known := b.states[string(bits)]
	if !known {
		state = int16(len(b.sets))
		b.states[string(bits)] = state
		b.sets = append(b.sets, set)
	}
	return state
}

// closure adds to the set what can be reached from pc without reading a digit.
func (b *automatonBuilder) closure(set []uint32, pc uint32) []uint32 {
	for _, have := range set {
		if have == pc {
			return set
		}
	}
	set = append(set, pc)
	inst := &b.program.Inst[pc]
	switch inst.Op {
	case syntax.InstAlt, syntax.InstAltMatch:
		return b.closure(b.closure(set, inst.Out), inst.Arg)
	case syntax.InstCapture, syntax.InstNop:
		return b.closure(set, inst.Out)
	case syntax.InstEmptyWidth:
		b.failed = true
	}
	return set
}

func (b *automatonBuilder) step(set []uint32, digit rune) []uint32 {
	var next []uint32
	for _, pc := range set {
		switch inst := &b.program.Inst[pc]; inst.Op {
		case syntax.InstRune, syntax.InstRune1, syntax.InstRuneAny, syntax.InstRuneAnyNotNL:
			if inst.MatchRune(digit) {
				next = b.closure(next, inst.Out)
			}
		}
	}
	return next
}

func (b *automatonBuilder) accepts(set []uint32) bool {
	for _, pc := range set {
		if b.program.Inst[pc].Op == syntax.InstMatch {
			return true
		}
	}
	return false
}
