package simulator

import "time"

// step is what an accepted message waits for. The journal keeps it, so that a message goes on after a restart.
type step string

const (
	stepOver    step = ""        // nothing more will happen to it
	stepFetch   step = "fetch"   // its media link is fetched
	stepFail    step = "fail"    // it fails, with sending.code
	stepLeave   step = "leave"   // it is sent
	stepDeliver step = "deliver" // it reaches the phone
	stepRead    step = "read"    // it is read by chance
	stepPlay    step = "play"    // the voice note is played
	stepPhone   step = "phone"   // the phone is offline
	stepOpen    step = "open"    // somebody has to open the thread
	stepHeld    step = "held"    // its template's pacing is decided
)

// proceed plans the message's next step in d; the caller holds mu.
func (s *Server) proceed(sd *sending, next step, d time.Duration) {
	due := s.clock.Now().Add(d)
	sd.step, sd.due = next, due
	s.note(journalRecord{Step: &stepRecord{Sequence: sd.sequence, Step: next, Due: millis(due), Code: sd.code}})
	s.later(d, func() { s.take(sd, next) })
}

// rest lets the message wait for something that has no time, or for nothing more; the caller holds mu.
func (s *Server) rest(sd *sending, at step) {
	if sd.step == at {
		return
	}
	sd.step, sd.due = at, time.Time{}
	s.note(journalRecord{Step: &stepRecord{Sequence: sd.sequence, Step: at}})
}

// take does a planned step, unless another one came first.
func (s *Server) take(sd *sending, planned step) {
	if sd.step != planned {
		return // such as a message read meanwhile because its thread was opened
	}
	switch planned {
	case stepFail:
		s.fail(sd, sd.code)
	case stepLeave:
		s.leave(sd)
	case stepDeliver:
		s.deliver(sd)
	case stepRead:
		if sd.customer != nil {
			s.readAll(sd.customer, sd.number)
			return
		}
		s.read(sd)
	case stepPlay:
		s.rest(sd, stepOver)
		s.emit(sd, "played", 0)
	}
}
