package survey

import (
	"strconv"

	"recado/internal/words"
)

// Kinds of survey.
const (
	CSAT   = "csat"   // its first question is a scale from 1 to 5; the score is the share of 4 and 5
	NPS    = "nps"    // its first question is a scale from 0 to 10; the score is promoters (9, 10) minus detractors (0 to 6), in percent
	Custom = "custom" // whatever questions
)

// Kinds of question.
const (
	Scale  = "scale"
	Choose = "choice"
	Text   = "text"
)

// Settings are what a survey says and asks. What a person gets may name {{contact.name}}, {{contact.first_name}} and {{number.name}}.
type Settings struct {
	Kind       string     `json:"kind" enum:"csat,nps,custom"`
	Name       string     `json:"name" doc:"for the team, and in the export; people do not see it"`
	Language   string     `json:"language" enum:"es,pt-BR,en" doc:"of the words that cannot be edited"`
	Invitation Invitation `json:"invitation"`
	Questions  []Question `json:"questions" maxItems:"100" doc:"at most 10, in the order they are asked; the first of csat and nps is the score"`
	Thanks     string     `json:"thanks" doc:"said at the end; empty: nothing"`
	Hours      int64      `json:"hours" doc:"how long answers are waited for"`
}

// Invitation asks whether a person wants to answer at all, before the first question.
type Invitation struct {
	On   bool   `json:"on"`
	Text string `json:"text"`
}

// Question is one of a survey. ID stays while it is reworded; one that measures something else gets another.
type Question struct {
	ID       string   `json:"id" maxLength:"20" doc:"empty for a new one"`
	Kind     string   `json:"kind" enum:"scale,choice,text"`
	Text     string   `json:"text"`
	Required bool     `json:"required" doc:"otherwise it can be left out"`
	From     int      `json:"from" doc:"lowest value of a scale"`
	To       int      `json:"to" doc:"highest value of a scale"`
	Low      string   `json:"low" doc:"what the lowest value means; may be empty"`
	High     string   `json:"high" doc:"what the highest value means; may be empty"`
	Options  []string `json:"options" maxItems:"100" doc:"of a choice"`
}

// DefaultHours is how long answers are waited for: as long as the service window of WhatsApp.
const DefaultHours = 24

// Ready gives a survey ready to use, in one of the languages of package words.
func Ready(kind, language string) Settings {
	say := func(id string) string {
		return words.Say(language, "survey.default."+id, map[string]any{"first_name": "{{contact.first_name}}", "number": "{{number.name}}"})
	}
	s := Settings{Kind: kind, Name: say(kind + "_name"), Language: language, Invitation: Invitation{Text: say("invitation")}, Thanks: say("thanks"), Hours: DefaultHours}
	switch kind {
	case CSAT:
		s.Questions = []Question{{Kind: Scale, Text: say("csat"), Required: true, From: 1, To: 5, Low: say("bad"), High: say("good")}}
	case NPS:
		s.Questions = []Question{{Kind: Scale, Text: say("nps"), Required: true, From: 0, To: 10, Low: say("unlikely"), High: say("likely")}}
	default:
		s.Questions = []Question{{Kind: Scale, Text: say("csat"), Required: true, From: 1, To: 5, Low: say("bad"), High: say("good")}}
	}
	s.Questions = append(s.Questions, Question{Kind: Text, Text: say("why")})
	for i := range s.Questions {
		s.Questions[i].Options, s.Questions[i].ID = []string{}, "q"+strconv.Itoa(i+1)
	}
	return s
}

// fixed gives words that cannot be edited, in the language of the settings.
func (s Settings) fixed(id string, values map[string]any) string {
	return words.Say(s.Language, "survey.fixed."+id, values)
}
