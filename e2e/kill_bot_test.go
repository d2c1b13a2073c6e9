package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// ventas is the demo number that people meet first.
const ventas = "2090010010010011"

// line is one message of a person's thread as the provider keeps it.
type line struct {
	ID       string          `json:"id"`
	From     string          `json:"from"`
	Template string          `json:"template"`
	Content  json.RawMessage `json:"content"`
}

// control calls the provider's control door.
func (p *process) control(method, path string, body, answer any) {
	p.t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		p.t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(p.t.Context(), method, p.address+"/control"+path, bytes.NewReader(text))
	if err != nil {
		p.t.Fatal(err)
	}
	got, err := http.DefaultClient.Do(request)
	if err != nil {
		p.t.Fatal(err)
	}
	defer got.Body.Close()
	if err := json.NewDecoder(got.Body).Decode(answer); err != nil || got.StatusCode != http.StatusOK {
		p.t.Fatalf("%s %s: %d %v", method, path, got.StatusCode, err)
	}
}

// people makes so many people; the first phone ends in these four digits.
func (p *process) people(first, n int) []string {
	p.t.Helper()
	all := make([]string, n)
	for i := range all {
		var made struct{ ID string }
		p.control("POST", "/customers", object{"number": fmt.Sprintf("553198555%d", first+i), "name": fmt.Sprintf("Persona %d", i)}, &made)
		all[i] = made.ID
	}
	return all
}

// says lets a person say something to the number Ventas.
func (p *process) says(person string, said object) {
	p.t.Helper()
	said["number"] = ventas
	p.control("POST", "/customers/"+person+"/messages", said, &object{})
}

// told is what a person got from the number Ventas, in order.
func (p *process) told(person string) []line {
	p.t.Helper()
	var thread struct{ Messages []line }
	p.control("GET", "/customers/"+person+"?number="+ventas, nil, &thread)
	var out []line
	for _, m := range thread.Messages {
		if m.From == "business" {
			out = append(out, m)
		}
	}
	return out
}

// count counts the messages that hold these words.
func count(lines []line, words string) (n int) {
	for _, m := range lines {
		n += strings.Count(m.Template+string(m.Content), words)
	}
	return n
}

// dies kills the node at any moment of what it has begun, and starts it again.
func (p *process) dies() {
	p.t.Helper()
	time.Sleep(time.Duration(50+rand.IntN(700)) * time.Millisecond)
	p.kill()
	p.start()
}

// settle is how long a message waits for proof after a kill; then nothing is sent any more that was sent before.
const settle = 5 * time.Second

// TestKillWorkflow kills the node while a workflow speaks and tags: every run ends, and every person is told each thing once, in order.
func TestKillWorkflow(t *testing.T) {
	if testing.Short() {
		t.Skip("kills a process five times: half a minute on each database")
	}
	onBoth(t, func(t *testing.T, database string) {
		const some, kills = 40, 5
		node, provider := beside(t, database, "RECADO_SETTLE="+settle.String())
		node.start()
		owner := signIn(t, node.address, "owner@aurora.example")
		number := find(t, owner.do("GET", "/inboxes", nil), "label", "Ventas")["id"]
		tag := owner.do("POST", "/tags", object{"name": "Sobrevive"})["id"]
		path := "/workflows/" + owner.do("POST", "/workflows", object{"name": "Sobrevive", "recipe": ""})["id"].(string)
		say := func(id, text string) object { return object{"id": id, "kind": "say", "text": text} }
		owner.do("PUT", path, object{"name": "Sobrevive", "revision": -1, "draft": object{"trigger": object{"kind": "ticket_opened"}, "branches": []object{{
			"id": "b", "conditions": []object{{"kind": "number", "op": "is", "ids": []any{number}}},
			"steps": []object{say("s1", "Paso uno, {{contact.first_name}}"), {"id": "s2", "kind": "add_tags", "tag_ids": []any{tag}}, say("s3", "Paso dos"), say("s4", "Paso tres")},
		}}}})
		owner.do("POST", path+"/publish", object{"revision": -1})

		people := provider.people(4030, some)
		for some := range slices.Chunk(people, some/kills) {
			for _, one := range some {
				provider.says(one, object{"type": "text", "text": "hola"})
			}
			node.dies()
		}
		eventually(t, 40*time.Second, "every run ends and everybody is told", func() bool {
			for _, one := range people {
				if count(provider.told(one), "Paso tres") == 0 {
					return false
				}
			}
			return true
		})
		time.Sleep(settle)
		for _, one := range people {
			told := provider.told(one)
			var order []string
			for _, m := range told {
				for _, words := range []string{"Paso uno, Persona", "Paso dos", "Paso tres"} {
					if count([]line{m}, words) > 0 {
						order = append(order, words)
					}
				}
			}
			if strings.Join(order, ", ") != "Paso uno, Persona, Paso dos, Paso tres" {
				t.Errorf("%s was told %v", one, order)
			}
		}
		runs := items(owner.do("GET", path+"/runs", nil))
		if len(runs) != some {
			t.Errorf("%d runs for %d tickets", len(runs), some)
		}
		for _, run := range runs {
			did := 0
			for _, l := range run["lines"].([]any) {
				if l.(object)["did"] == "done" {
					did++
				}
			}
			if run["state"] != "done" || did != 4 {
				t.Errorf("a run is %v after %d steps", run["state"], did)
			}
		}
	})
}

// TestKillReopening kills the node while it tells people that somebody answers again (X36): each is told once, and nobody is left out.
func TestKillReopening(t *testing.T) {
	if testing.Short() {
		t.Skip("kills a process five times: half a minute on each database")
	}
	onBoth(t, func(t *testing.T, database string) {
		const some, kills = 12, 5
		node, provider := beside(t, database, "RECADO_SETTLE="+settle.String())
		node.start()
		owner := signIn(t, node.address, "owner@aurora.example")
		path := "/inboxes/" + find(t, owner.do("GET", "/inboxes", nil), "label", "Ventas")["id"].(string) + "/hours"
		opens := func(always bool) {
			kept := owner.do("GET", path, nil)
			owner.do("PUT", path, object{"version": kept["version"], "time_zone": kept["time_zone"], "always": always, "days": slices.Repeat([][]object{{}}, 7), "holidays": []object{},
				"unavailable": object{"on": true, "text": "Cerrado", "notify": true, "language": "pt_BR"}})
		}
		eventually(t, 30*time.Second, "the template is known", func() bool {
			return slices.ContainsFunc(items(owner.do("GET", "/templates", nil)), func(one object) bool { return one["name"] == "atendimento_esta_disponivel" })
		})
		opens(false)
		people := provider.people(4080, some)
		for _, one := range people {
			provider.says(one, object{"type": "text", "text": "¿Hay alguien?"})
		}
		for _, one := range people {
			var told []line
			eventually(t, 20*time.Second, "it is said that nobody answers", func() bool { told = provider.told(one); return count(told, "hours:tell") == 1 })
			provider.says(one, object{"type": "tap", "reply_to": told[len(told)-1].ID, "choice": "hours:tell"})
		}
		for _, one := range people {
			eventually(t, 20*time.Second, "the wish is heard", func() bool { return len(provider.told(one)) > 1 })
		}
		opens(true)
		for range kills {
			node.dies()
		}
		eventually(t, 40*time.Second, "everybody hears of the opening", func() bool {
			for _, one := range people {
				if count(provider.told(one), "atendimento_esta_disponivel") == 0 {
					return false
				}
			}
			return true
		})
		time.Sleep(settle)
		for _, one := range people {
			n := 0
			for _, m := range provider.told(one) {
				if m.Template != "" {
					n++
				}
			}
			if n != 1 {
				t.Errorf("%s was told %d times", one, n)
			}
		}
	})
}
