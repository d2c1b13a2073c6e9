package conversation_test

import (
	"os"
	"strings"
	"testing"

	"recado/internal/conversation"
)

func TestFill(t *testing.T) {
	values := map[string]string{"contact.name": "Camila {{agent.name}}", "agent.name": "Ana", "contact.email": ""}
	for _, c := range []struct{ says, text, want string }{
		{"a known name", "Hola {{agent.name}}.", "Hola Ana."},
		{"spaces inside the braces", "{{ agent.name }} y {{agent.name}}", "Ana y Ana"},
		{"a free slot stays", "Pedido {{order number}}", "Pedido {{order number}}"},
		{"an empty value stays a slot", "A {{contact.email}}", "A {{contact.email}}"},
		{"values are not looked into", "Hola {{contact.name}}", "Hola Camila {{agent.name}}"},
		{"no name, no slot", "{{}} {{ }} {{a\nb}} {x} {{{{agent.name}}}}", "{{}} {{ }} {{a\nb}} {x} {{Ana}}"},
		{"script is text", "<script>{{agent.name}}</script>", "<script>Ana</script>"},
	} {
		t.Run(c.says, func(t *testing.T) { same(t, "text", conversation.Fill(c.text, values), c.want) })
	}
}

func FuzzFill(f *testing.F) {
	for _, text := range []string{"Hola {{agent.name}}", "{{", "}}{{", "{{ x }}", "{{{{a}}}}", "\xff{{agent.name}}\x00"} {
		f.Add(text, "Ana")
	}
	f.Fuzz(func(t *testing.T, text, value string) {
		if same := conversation.Fill(text, nil); same != text {
			t.Errorf("without values %q became %q", text, same)
		}
		if n, m := strings.Count(text, "{{agent.name}}"), strings.Count(conversation.Fill(text, map[string]string{"agent.name": "«" + value + "»"}), "«"+value+"»"); m < n && value != "" {
			t.Errorf("%d of %d filled in %q", m, n, text)
		}
	})
}

func TestTheDocsTellOfEveryVariable(t *testing.T) {
	page, err := os.ReadFile("../../docs/quick-replies.md")
	must(t, err)
	for _, name := range append([]string{"contact.KEY"}, conversation.Variables...) {
		if !strings.Contains(string(page), "`{{"+name+"}}`") {
			t.Errorf("docs/quick-replies.md says nothing of {{%s}}", name)
		}
	}
}
