package flow_test

import (
	"testing"

	"recado/internal/db"
	"recado/internal/flow"
)

// townHall is a router with a child that shares the router's context and one that does not.
func townHall() map[db.ID]flow.Version {
	router := flow.Flow{Language: "es", Leave: []string{"Menú"}, Blocks: []flow.Block{
		{ID: "name", Kind: flow.Ask, Text: "¿Nombre?", Name: "Nombre"},
		{ID: "menu", Kind: flow.Menu, Text: "¿Qué necesitas?", Options: []flow.Option{{ID: "a", Title: "Ventas", Then: "sales"}, {ID: "b", Title: "Soporte", Then: "help"}}},
		{ID: "sales", Kind: flow.Child, Flow: other, Minutes: 60, Then: "menu"}, {ID: "help", Kind: flow.Child, Flow: third, Minutes: 60, Then: "menu"}}}
	sales := flow.Flow{Language: "es", Context: true, Blocks: []flow.Block{
		{ID: "plan", Kind: flow.Ask, Text: "{{contact.Nombre}}, ¿qué plan?", Name: "Plan"},
		{ID: "more", Kind: flow.Menu, Text: "¿Y ahora?", Options: []flow.Option{{ID: "b", Title: "Volver", Then: flow.Back}, {ID: "p", Title: "Persona", Then: flow.People}, {ID: "e", Title: "Nada", Then: flow.Finish}}}}}
	help := flow.Flow{Language: "es", Blocks: []flow.Block{{ID: "what", Kind: flow.Ask, Text: "¿Qué pasa{{contact.Nombre}}?", Name: "Problema", Then: flow.Back}}}
	return map[db.ID]flow.Version{own: {ID: own, Number: 1, Name: "Entrada", Flow: router}, other: {ID: other, Number: 1, Name: "Ventas", Flow: sales}, third: {ID: third, Number: 1, Name: "Soporte", Flow: help}}
}

func bookOf(town map[db.ID]flow.Version) flow.Book {
	return func(id db.ID, number int64) (flow.Version, bool) {
		v, ok := town[id]
		return v, ok && number <= 1
	}
}

func TestRouter(t *testing.T) {
	t.Run("A12 a router hands people to its children and takes them back", func(t *testing.T) {
		town := townHall()
		for id, v := range town {
			if found := v.Flow.Check(id, flow.World{Flows: town}); len(found) > 0 {
				t.Errorf("%s: %s %v", v.Name, found[0].Block, found[0].Fault)
			}
		}
		k := begin(t, bookOf(town), flow.Input{})
		k.says("Julia")
		k.heard("¿Qué necesitas?")
		k.says("1")
		k.heard("Julia, ¿qué plan?")
		if k.last.Said[0].Flow != other || k.last.Stays == nil || k.last.Stays.Child != other || k.last.Stays.Router != own || k.last.Stays.Until != k.now+3_600_000 {
			t.Errorf("says %v, stays %+v", k.last.Said[0].Flow, k.last.Stays)
		}
		if k.says("oro"); k.last.Kept["Plan"] != "oro" {
			t.Errorf("kept %v", k.last.Kept)
		}
		k.says("volver")
		if k.heard("¿Qué necesitas?"); k.last.Said[0].Flow != own || k.last.Stays != nil || k.state.Values["Plan"] != "oro" {
			t.Errorf("%+v", k.last)
		}
	})
	t.Run("A26 a child with the router context off shares nothing, and is nobody's place", func(t *testing.T) {
		k := begin(t, bookOf(townHall()), flow.Input{Values: map[string]string{"contact.Nombre": "Julia"}})
		k.says("Julia")
		k.says("2")
		k.heard("¿Qué pasa?")
		if k.last.Stays != nil {
			t.Errorf("stays %+v", k.last.Stays)
		}
		if k.says("nada funciona"); len(k.last.Kept) > 0 || k.state.Values["Problema"] != "" || k.state.Values["Nombre"] != "Julia" {
			t.Errorf("kept %v, in the router %v", k.last.Kept, k.state.Values)
		}
		k = begin(t, bookOf(townHall()), flow.Input{Child: third})
		k.heard("¿Nombre?") // it is no place to begin in
	})
	t.Run("A12 the next ticket goes on in the child, at a block of it when it says so", func(t *testing.T) {
		k := begin(t, bookOf(townHall()), flow.Input{Child: other, Values: map[string]string{"contact.Nombre": "Julia"}})
		k.heard("Julia, ¿qué plan?")
		k = begin(t, bookOf(townHall()), flow.Input{Child: other, Entrance: "more"})
		k.heard("¿Y ahora?")
		if k.says("persona"); !k.last.Handoff || k.last.Stays == nil {
			t.Errorf("people took over, stays %+v", k.last.Stays)
		}
		k = begin(t, bookOf(townHall()), flow.Input{Child: other, Entrance: "more"})
		if k.says("nada"); !k.last.Ended || k.last.Stays != nil {
			t.Errorf("ended, stays %+v", k.last.Stays)
		}
		k = begin(t, bookOf(townHall()), flow.Input{Child: 99})
		k.heard("¿Nombre?")
	})
	t.Run("a word of the router, and a long silence, lead out of a child", func(t *testing.T) {
		k := begin(t, bookOf(townHall()), flow.Input{Child: other})
		k.says("MENU!")
		k.heard("¿Qué necesitas?")
		k = begin(t, bookOf(townHall()), flow.Input{Child: other})
		k.now += 61 * 60_000
		k.says("oro")
		k.heard("¿Qué necesitas?")
	})
	t.Run("a tapped choice of the router, and of a child, is taken wherever the person is", func(t *testing.T) {
		k := begin(t, bookOf(townHall()), flow.Input{Child: other})
		k.give(flow.Input{Kind: flow.Wrote, Payload: "flow:7:menu:b"})
		if k.heard("¿Qué pasa?"); k.state.Router == nil || k.state.Router.Child != third || !k.state.Router.Apart {
			t.Errorf("%+v", k.state)
		}
		k.give(flow.Input{Kind: flow.Wrote, Payload: "flow:8:more:b"})
		k.heard("¿Qué necesitas?")
	})
	t.Run("bots that would hand a person to and fro are found before publishing", func(t *testing.T) {
		for name, one := range map[string]struct {
			change func(map[db.ID]flow.Version)
			id     db.ID
			want   string
		}{
			"a router and a child that ask nothing": {func(town map[db.ID]flow.Version) {
				v := town[third]
				v.Flow.Blocks = []flow.Block{{ID: "s", Kind: flow.Say, Text: "x", Then: flow.Back}}
				town[third] = v
				r := town[own]
				r.Flow.Blocks = []flow.Block{{ID: "c", Kind: flow.Child, Flow: third, Then: "c"}}
				town[own] = r
			}, own, "flow.loop"},
			"the same seen from the child": {func(town map[db.ID]flow.Version) {
				v := town[third]
				v.Flow.Blocks = []flow.Block{{ID: "s", Kind: flow.Say, Text: "x", Then: flow.Back}}
				town[third] = v
				r := town[own]
				r.Flow.Blocks = []flow.Block{{ID: "c", Kind: flow.Child, Flow: third, Then: "c"}}
				town[own] = r
			}, third, "flow.loop"},
			"a child that is a router": {func(town map[db.ID]flow.Version) {
				v := town[other]
				v.Flow.Blocks = append([]flow.Block{{ID: "c", Kind: flow.Child, Flow: third}}, v.Flow.Blocks...)
				town[other] = v
			}, own, "flow.nested"},
			"a router that is a child": {func(town map[db.ID]flow.Version) {
				v := town[other]
				v.Flow.Blocks = append([]flow.Block{{ID: "c", Kind: flow.Child, Flow: third}}, v.Flow.Blocks...)
				town[other] = v
			}, other, "flow.is_child"},
			"a child that is not published": {func(town map[db.ID]flow.Version) { delete(town, third) }, own, "flow.no_flow"},
			"a word nobody can write":       {func(town map[db.ID]flow.Version) { v := town[own]; v.Flow.Leave = []string{" "}; town[own] = v }, own, "flow.leave_word"},
		} {
			town := townHall()
			one.change(town)
			found := town[one.id].Flow.Check(one.id, flow.World{Flows: town})
			if len(found) == 0 || found[0].Fault.Code != one.want {
				t.Errorf("%s: %+v, want %s", name, found, one.want)
			}
		}
	})
}
