package api

import "recado/internal/account"

// need says who may call an operation. It is checked in identity.go and shown in the document as x-permission.
type need struct {
	public    bool
	area      account.Area
	level     account.Level
	abilities []account.Ability
}

var (
	open     = need{public: true} // anyone
	signedIn = need{}             // anyone who is known
)

// viewing needs an area to be seen, editing to be changed.
func viewing(area account.Area) need { return need{area: area, level: account.View} }
func editing(area account.Area) need { return need{area: area, level: account.Edit} }

// and asks for abilities as well.
func (n need) and(abilities ...account.Ability) need {
	n.abilities = append(n.abilities[:len(n.abilities):len(n.abilities)], abilities...)
	return n
}

// check returns nil or the fault of what the actor lacks.
func (n need) check(actor account.Actor) error {
	if n.area != "" {
		if err := actor.Can(n.area, n.level); err != nil {
			return err
		}
	}
	for _, ability := range n.abilities {
		if err := actor.Has(ability); err != nil {
			return err
		}
	}
	return nil
}

// described is the form in the document.
func (n need) described() map[string]any {
	if n.public {
		return map[string]any{"public": true}
	}
	out := map[string]any{"public": false}
	if n.area != "" {
		out["area"], out["level"] = n.area, n.level
	}
	if len(n.abilities) > 0 {
		out["abilities"] = n.abilities
	}
	return out
}
