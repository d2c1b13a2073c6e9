package api

import (
	"context"
	"encoding/json"
	"slices"

	"recado/internal/account"
	"recado/internal/db"
	"recado/internal/fleet"
)

func (s *Server) numberSettingsRoutes() {
	get(s, "/number-settings", about{Name: "listNumberSettings", Tag: "settings", Says: "Settings of the numbers one reaches, part by part"}, signedIn, s.listNumberSettings)
	post(s, "/number-settings/preview", about{Name: "previewNumberSettings", Tag: "settings", Says: "What a change would make different on each number; nothing is kept", Status: 200}, signedIn, s.previewNumberSettings)
	post(s, "/number-settings/apply", about{Name: "applyNumberSettings", Tag: "settings", Says: "Change settings of numbers, or copy them from one: each number takes all of it or nothing", Status: 200}, signedIn, s.applyNumberSettings)
	get(s, "/number-settings/changes", about{Name: "listSettingChanges", Tag: "settings", Says: "The journal of settings, the newest first"}, signedIn, s.listSettingChanges)
	get(s, "/number-settings/changes/{id}", about{Name: "readSettingChange", Tag: "settings", Says: "What a change made different on each number"}, signedIn, s.readSettingChange)
	post(s, "/number-settings/changes/{id}/undo", about{Name: "undoSettingChange", Tag: "settings", Says: "Put back what was before, on numbers where nothing changed since", Status: 200}, signedIn, s.undoSettingChange)
}

// SettingsDocument is one part of a number's settings.
type SettingsDocument struct {
	Part       string         `json:"part" enum:"attention,chatbot,hours,absence"`
	Version    int64          `json:"version" doc:"to be named when it is changed"`
	Settings   map[string]any `json:"settings" doc:"as the operation of this part takes it"`
	EditedName string         `json:"edited_name" doc:"empty when it is not known"`
	UpdatedAt  int64          `json:"updated_at" doc:"Unix milliseconds; 0: never or not known"`
}

// NumberSettings are the settings of a number.
type NumberSettings struct {
	Inbox db.ID              `json:"inbox_id"`
	Parts []SettingsDocument `json:"parts"`
}

type listNumberSettingsInput struct {
	Parts   []string `query:"parts" required:"true" minItems:"1" maxItems:"4" enum:"attention,chatbot,hours,absence"`
	Inboxes []string `query:"inbox_ids" maxItems:"500" doc:"of these numbers; without one, of all one reaches"`
}

func partsOf(names []string) []fleet.Part {
	out := make([]fleet.Part, len(names))
	for i, name := range names {
		out[i] = fleet.Part(name)
	}
	return out
}

func (s *Server) listNumberSettings(ctx context.Context, actor account.Actor, in *listNumberSettingsInput) (Items[NumberSettings], error) {
	ids, err := idList("inbox_ids", in.Inboxes)
	if err != nil {
		return Items[NumberSettings]{}, err
	}
	if len(ids) == 0 {
		reached, err := s.rooms.Fleet.Reaches(ctx, actor)
		if err != nil {
			return Items[NumberSettings]{}, err
		}
		for id := range reached {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	found, err := s.rooms.Fleet.Read(ctx, actor, partsOf(in.Parts), ids...)
	if err != nil {
		return Items[NumberSettings]{}, err
	}
	return listOf(ids, func(id db.ID) NumberSettings {
		out := NumberSettings{Inbox: id, Parts: []SettingsDocument{}}
		for _, part := range fleet.Parts {
			if doc, has := found[id][part]; has {
				shown := SettingsDocument{Part: string(part), Version: doc.Version, EditedName: doc.EditedName, UpdatedAt: doc.UpdatedAt}
				_ = json.Unmarshal(doc.Settings, &shown.Settings) // an object: fleet wrote it
				out.Parts = append(out.Parts, shown)
			}
		}
		return out
	}), nil
}

// SettingVersions are the versions that were seen, by part; what is left out: whatever it is.
type SettingVersions map[string]int64

type settingTarget struct {
	Inbox    db.ID           `json:"inbox_id"`
	Versions SettingVersions `json:"versions,omitempty" doc:"as the preview gave them, by part; where somebody made another meanwhile the number is left as it is"`
}

// SettingChanges say what is to be different, by part: fields that are left out stay as they are, null takes away.
type SettingChanges struct {
	Attention map[string]any `json:"attention,omitempty"`
	Chatbot   map[string]any `json:"chatbot,omitempty"`
	Hours     map[string]any `json:"hours,omitempty"`
	Absence   map[string]any `json:"absence,omitempty"`
}

type settingsWant struct {
	Numbers []settingTarget `json:"numbers" maxItems:"500"`
	Source  db.ID           `json:"source_id,omitempty" doc:"copy from this number"`
	Parts   []string        `json:"parts,omitempty" maxItems:"4" enum:"attention,chatbot,hours,absence" doc:"what is copied"`
	Changes SettingChanges  `json:"changes,omitempty" doc:"what is to be different, when nothing is copied"`
	Model   db.ID           `json:"model_id,omitempty" doc:"the number the changes began with; it is only told in the journal"`
}

func (w settingsWant) want() (fleet.Want, []fleet.Target, error) {
	out := fleet.Want{Source: w.Source, Parts: partsOf(w.Parts), Model: w.Model, Changes: map[fleet.Part]json.RawMessage{}}
	for part, changes := range map[fleet.Part]map[string]any{fleet.Attention: w.Changes.Attention, fleet.Chatbot: w.Changes.Chatbot, fleet.Hours: w.Changes.Hours, fleet.Absence: w.Changes.Absence} {
		if len(changes) == 0 {
			continue
		}
		text, err := json.Marshal(changes)
		if err != nil {
			return out, nil, err
		}
		out.Changes[part] = text
	}
	targets := make([]fleet.Target, len(w.Numbers))
	for i, n := range w.Numbers {
		targets[i] = fleet.Target{Inbox: n.Inbox, Versions: map[fleet.Part]int64{}}
		for part, version := range n.Versions {
			targets[i].Versions[fleet.Part(part)] = version
		}
	}
	return out, targets, nil
}

// SettingResult is what became, or would become, of a number.
type SettingResult struct {
	Inbox       db.ID              `json:"inbox_id"`
	State       string             `json:"state" enum:"changed,same,failed"`
	Problem     *Problem           `json:"problem,omitempty" doc:"why it failed; nothing was changed then"`
	Differences []fleet.Difference `json:"differences"`
	Versions    SettingVersions    `json:"versions"`
}

// SettingResults are what became of numbers.
type SettingResults struct {
	Change string          `json:"change_id" doc:"in the journal; empty for a preview, and when nothing changed"`
	Items  []SettingResult `json:"items"`
}

func (s *Server) settingResults(ctx context.Context, id db.ID, results []fleet.Result) SettingResults {
	out := SettingResults{Items: listOf(results, func(r fleet.Result) SettingResult {
		one := SettingResult{Inbox: r.Inbox, State: r.State, Differences: r.Differences, Versions: SettingVersions{}}
		if one.Differences == nil {
			one.Differences = []fleet.Difference{}
		}
		for part, version := range r.Versions {
			one.Versions[string(part)] = version
		}
		if r.Err != nil {
			one.Problem = s.problem(ctx, r.Err)
		}
		return one
	}).Items}
	if slices.ContainsFunc(results, func(r fleet.Result) bool { return r.State == fleet.Changed }) {
		out.Change = id.String()
	}
	return out
}

func (s *Server) previewNumberSettings(ctx context.Context, actor account.Actor, in *In[settingsWant]) (SettingResults, error) {
	want, targets, err := in.Body.want()
	if err != nil {
		return SettingResults{}, err
	}
	results, err := s.rooms.Fleet.Preview(ctx, actor, want, targets)
	return s.settingResults(ctx, 0, results), err
}

func (s *Server) applyNumberSettings(ctx context.Context, actor account.Actor, in *In[settingsWant]) (SettingResults, error) {
	want, targets, err := in.Body.want()
	if err != nil {
		return SettingResults{}, err
	}
	id, results, err := s.rooms.Fleet.Apply(ctx, actor, want, targets)
	return s.settingResults(ctx, id, results), err
}

// SettingChange is an entry of the journal.
type SettingChange struct {
	ID      db.ID    `json:"id"`
	At      int64    `json:"at" doc:"Unix milliseconds"`
	Name    string   `json:"name" doc:"who did it; empty for the house itself"`
	How     string   `json:"how" enum:"edit,copy,undo"`
	Model   db.ID    `json:"model_id" doc:"the number it was copied from or began with; empty: none"`
	Undoes  db.ID    `json:"undoes_id" doc:"the change it takes back"`
	Undone  bool     `json:"undone" doc:"a later one took it back, on some numbers at least"`
	Numbers []db.ID  `json:"inbox_ids"`
	Parts   []string `json:"parts"`
}

const changesAtOnce = 20

type listSettingChangesInput struct {
	Inbox  string `query:"inbox_id" maxLength:"20" doc:"only those of this number"`
	Before string `query:"before" maxLength:"20" doc:"only those before this change"`
}

func (s *Server) listSettingChanges(ctx context.Context, actor account.Actor, in *listSettingChangesInput) (Items[SettingChange], error) {
	var number, before db.ID
	if err := idsIn(idField{"inbox_id", in.Inbox, &number}, idField{"before", in.Before, &before}); err != nil {
		return Items[SettingChange]{}, err
	}
	found, err := s.rooms.Fleet.Changes(ctx, actor, number, before, changesAtOnce)
	return listOf(found, func(c fleet.Change) SettingChange {
		parts := make([]string, len(c.Parts))
		for i, part := range c.Parts {
			parts[i] = string(part)
		}
		return SettingChange{ID: c.ID, At: c.At, Name: c.Name, How: c.How, Model: c.Model, Undoes: c.Undoes, Undone: c.Undone, Numbers: c.Numbers, Parts: parts}
	}), err
}

func (s *Server) readSettingChange(ctx context.Context, actor account.Actor, in *ByID) (SettingResults, error) {
	found, err := s.rooms.Fleet.Differences(ctx, actor, in.ID.ID)
	return s.settingResults(ctx, in.ID.ID, found), err
}

func (s *Server) undoSettingChange(ctx context.Context, actor account.Actor, in *ByID) (SettingResults, error) {
	id, results, err := s.rooms.Fleet.Undo(ctx, actor, in.ID.ID)
	return s.settingResults(ctx, id, results), err
}
