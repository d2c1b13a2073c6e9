package opus

// samplesPerSecond is Opus' clock, whatever the microphone's was.
const samplesPerSecond = 48_000

// Bounds of one packet (RFC 6716 §3.2 and §3.4).
const (
	mostSamples = samplesPerSecond * 120 / 1000
	mostBytes   = 48*1275 + 2*48 + 2
)

// samplesOf is how long a packet plays, told by its first byte and, for some, its second (RFC 6716 §3.1); 0 for none.
func samplesOf(packet []byte) int {
	if len(packet) == 0 || len(packet) > mostBytes {
		return 0
	}
	frames := 2
	switch packet[0] & 3 {
	case 0:
		frames = 1
	case 3:
		if len(packet) < 2 {
			return 0
		}
		frames = int(packet[1] & 0x3f)
	}
	samples := frames * frameSamples(packet[0]>>3)
	if samples > mostSamples {
		return 0
	}
	return samples
}

// frameSamples is the length of a frame of one of the 32 configurations.
func frameSamples(config byte) int {
	const ms = samplesPerSecond / 1000
	switch {
	case config < 12: // SILK
		return []int{10 * ms, 20 * ms, 40 * ms, 60 * ms}[config&3]
	case config < 16: // hybrid
		return []int{10 * ms, 20 * ms}[config&1]
	default: // CELT, from 2.5 ms
		return (5 * ms / 2) << (config & 3)
	}
}
