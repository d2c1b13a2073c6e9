package account

import (
	"slices"

	"recado/internal/fault"
)

// Area is a menu area a profile gives a level for.
type Area string

// The areas.
const (
	Desk         Area = "desk"         // conversations, tickets, notes
	Contacts     Area = "contacts"     // people and their attributes
	Campaigns    Area = "campaigns"    // planned outreach
	Data         Area = "data"         // reports and exports
	Organization Area = "organization" // members and profiles
	Settings     Area = "settings"     // numbers, queues, API keys
	Automation   Area = "automation"   // bots and rules
)

// Areas are all areas, in the order they are shown.
var Areas = []Area{Desk, Contacts, Campaigns, Data, Organization, Settings, Automation}

// Level is how much of an area a profile opens: None < View < Edit.
type Level string

// The levels.
const (
	None Level = "none"
	View Level = "view"
	Edit Level = "edit"
)

func (l Level) rank() int { return slices.Index([]Level{None, View, Edit}, l) }

// Ability is something a profile allows by name, beside the areas.
type Ability string

// The abilities.
const (
	Broadcast     Ability = "broadcast"      // send campaigns
	Reply         Ability = "reply"          // answer customers
	Transfer      Ability = "transfer"       // give a ticket to others
	SeeAll        Ability = "see_all"        // reach every conversation of the workspace
	TakeOver      Ability = "take_over"      // take a ticket another agent holds
	ManageMembers Ability = "manage_members" // add, change and remove members
	Export        Ability = "export"         // download data
	RoutePerRow   Ability = "route_per_row"  // choose reply routes row by row in a campaign's sheet
)

// Abilities are all abilities, in the order they are shown.
var Abilities = []Ability{Broadcast, Reply, Transfer, SeeAll, TakeOver, ManageMembers, Export, RoutePerRow}

// Permissions are what a profile gives. An area that is missing is None.
type Permissions struct {
	Areas     map[Area]Level `json:"areas"`
	Abilities []Ability      `json:"abilities"`
}

// All gives every permission there is.
func All() Permissions {
	p := Permissions{Areas: map[Area]Level{}, Abilities: slices.Clone(Abilities)}
	for _, area := range Areas {
		p.Areas[area] = Edit
	}
	return p
}

// Level is the level of an area.
func (p Permissions) Level(area Area) Level {
	if level, ok := p.Areas[area]; ok {
		return level
	}
	return None
}

// Has tells whether an ability is among them.
func (p Permissions) Has(ability Ability) bool { return slices.Contains(p.Abilities, ability) }

// Covers tells whether p gives everything that other gives.
func (p Permissions) Covers(other Permissions) bool {
	for area, level := range other.Areas {
		if p.Level(area).rank() < level.rank() {
			return false
		}
	}
	return !slices.ContainsFunc(other.Abilities, func(a Ability) bool { return !p.Has(a) })
}

// Own tells whether they make an owner: someone who can mend every other permission.
func (p Permissions) Own() bool { return p.Level(Organization) == Edit && p.Has(ManageMembers) }

// complete names every area, so that readers need not know what a missing one means.
func (p Permissions) complete() Permissions {
	out := Permissions{Areas: make(map[Area]Level, len(Areas)), Abilities: []Ability{}}
	for _, area := range Areas {
		out.Areas[area] = p.Level(area)
	}
	for _, ability := range Abilities {
		if p.Has(ability) {
			out.Abilities = append(out.Abilities, ability)
		}
	}
	return out
}

// check refuses areas, levels and abilities that do not exist.
func (p Permissions) check() error {
	for area, level := range p.Areas {
		if !slices.Contains(Areas, area) || level.rank() < 0 {
			return fault.New(fault.Invalid, "account.permission_unknown", "there is no permission %s: %s", area, level).
				On("permissions.areas").With("name", string(area)+": "+string(level))
		}
	}
	for _, ability := range p.Abilities {
		if !slices.Contains(Abilities, ability) {
			return fault.New(fault.Invalid, "account.permission_unknown", "there is no permission %s", ability).
				On("permissions.abilities").With("name", string(ability))
		}
	}
	return nil
}
