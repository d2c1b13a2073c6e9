package campaign

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"recado/internal/sheet"
)

func TestMapHeaders(t *testing.T) {
	for _, c := range []struct {
		says    string
		headers string
		want    Columns
	}{
		{"the Spanish model maps by itself", "telefono|remitente|plantilla|idioma|nombre|{{1}}|{{2}}|agente_email|cola",
			Columns{Phone: "telefono", Sender: "remitente", Template: "plantilla", Language: "idioma", Name: "nombre", AgentEmail: "agente_email", Queue: "cola",
				Variables: map[string]string{"1": "{{1}}", "2": "{{2}}"}}},
		{"the Portuguese model too", "telefone|remetente|modelo|idioma|nome|{{1}}|{{2}}|agente_email|fila",
			Columns{Phone: "telefone", Sender: "remetente", Template: "modelo", Language: "idioma", Name: "nome", AgentEmail: "agente_email", Queue: "fila",
				Variables: map[string]string{"1": "{{1}}", "2": "{{2}}"}}},
		{"the English one as well", "phone|sender|template|language|name|{{1}}|{{2}}|agent_email|queue",
			Columns{Phone: "phone", Sender: "sender", Template: "template", Language: "language", Name: "name", AgentEmail: "agent_email", Queue: "queue",
				Variables: map[string]string{"1": "{{1}}", "2": "{{2}}"}}},
		{"case, accents and blanks do not matter", "  Número de Teléfono |NOMBRE COMPLETO|Correo del Agente",
			Columns{Phone: "  Número de Teléfono ", Name: "NOMBRE COMPLETO", AgentEmail: "Correo del Agente", Variables: map[string]string{}}},
		{"variables have numbers in many forms", "phone|1|var2|Variable 3|{{ 04 }}",
			Columns{Phone: "phone", Variables: map[string]string{"1": "1", "2": "var2", "3": "Variable 3", "4": "{{ 04 }}"}}},
		{"named variables and places keep their names", "phone|{{nombre}}|header.1|botón.0",
			Columns{Phone: "phone", Variables: map[string]string{"nombre": "{{nombre}}", "header.1": "header.1", "button.0": "botón.0"}}},
		{"without numbers the rest counts by its order, and by its name", "celular|Pedido|Fecha",
			Columns{Phone: "celular", ByPosition: true, Variables: map[string]string{"1": "Pedido", "2": "Fecha", "pedido": "Pedido", "fecha": "Fecha"}}},
		{"a second column of a kind is a value", "phone|phone (2)", Columns{Phone: "phone", ByPosition: true, Variables: map[string]string{"1": "phone (2)", "phone_2": "phone (2)"}}},
	} {
		t.Run(c.says, func(t *testing.T) {
			got := mapHeaders(strings.Split(c.headers, "|"))
			if !maps.Equal(got.Variables, c.want.Variables) || got.ByPosition != c.want.ByPosition {
				t.Errorf("variables %v by position %v, want %v %v", got.Variables, got.ByPosition, c.want.Variables, c.want.ByPosition)
			}
			got.Variables, c.want.Variables = nil, nil
			for _, f := range []field{fieldPhone, fieldSender, fieldTemplate, fieldLanguage, fieldAgent, fieldQueue, fieldName} {
				if got.of(f) != c.want.of(f) {
					t.Errorf("%s is in %q, want %q", f, got.of(f), c.want.of(f))
				}
			}
		})
	}
}

func FuzzMapHeaders(f *testing.F) {
	for _, seed := range []string{"telefono|{{1}}|", "||", "1|1|01|{{1}}", "Número\x00|\xff|botón.0|body.9", "phone|phone|phone (2)"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, line string) {
		headers := sheet.UniqueHeaders(strings.Split(line, "|"))
		c := mapHeaders(headers)
		used := map[string]bool{}
		for _, one := range []field{fieldPhone, fieldSender, fieldTemplate, fieldLanguage, fieldAgent, fieldQueue, fieldName} {
			header := c.of(one)
			if header == "" {
				continue
			}
			if used[header] || !slices.Contains(headers, header) {
				t.Errorf("%q is used twice or is no header of %q", header, headers)
			}
			used[header] = true
		}
		for key, header := range c.Variables {
			if key == "" || used[header] || !slices.Contains(headers, header) {
				t.Errorf("variable %q is in %q of %q", key, header, headers)
			}
		}
	})
}

func TestNumberSet(t *testing.T) {
	t.Run("it remembers the first row of each of many numbers", func(t *testing.T) {
		s := newNumberSet(0)
		for i := range uint64(50_000) {
			if _, twice := s.add(5531900000000+i*7, uint32(i)); twice {
				t.Fatalf("%d is new", i)
			}
		}
		for i := range uint64(50_000) {
			if row, twice := s.add(5531900000000+i*7, 1); !twice || row != uint32(i) {
				t.Fatalf("row %d of %d", row, i)
			}
		}
		if s.has(5531900000001) {
			t.Error("it knows a number it never saw")
		}
	})
}

func TestStates(t *testing.T) {
	t.Run("only the moves of the table are allowed", func(t *testing.T) {
		all := []State{Draft, Checking, Ready, Scheduled, Sending, Paused, Done, Cancelled, Failed}
		for _, from := range all {
			for _, to := range all {
				if allowed := slices.Contains(moves[from], to); (mayMove(from, to) == nil) != allowed {
					t.Errorf("%s to %s", from, to)
				}
			}
		}
		for _, end := range []State{Done, Cancelled} {
			if len(moves[end]) != 0 {
				t.Errorf("%s is an end", end)
			}
		}
	})
}

func TestNearestTemplate(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"aviso", "aviso", 0}, {"aviso", "avisos", 1}, {"promo_x", "promo_primavera", 9}, {"kitten", "sitting", 3}} {
		if got := distance(c.a, c.b); got != c.want {
			t.Errorf("%q to %q is %d, want %d", c.a, c.b, got, c.want)
		}
	}
}
