package channel

// How a provider rates a number or a template by what people do with its messages.
const (
	QualityGreen   = "GREEN"
	QualityYellow  = "YELLOW"
	QualityRed     = "RED"
	QualityUnknown = "UNKNOWN" // too young, or nobody says
)

// QualityFell tells whether a rating is worse than the one before. One nobody knows yet counts as good, and so does a word of the
// provider's that we do not know; an empty one is no rating.
func QualityFell(before, after string) bool {
	return before != "" && after != "" && qualityRank(after) < qualityRank(before)
}

func qualityRank(quality string) int {
	switch quality {
	case QualityRed:
		return 0
	case QualityYellow:
		return 1
	}
	return 2
}
