package node_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// floors is the import table: who may import whom, beyond what stands in open. Imports go down this list, never up, never
// sideways within a line. "rooms" stands for every room on floors 4 to 8.
var floors = map[string][]string{
	"node":         {"*"},
	"api":          {"rooms", "media", "channel", "event", "db", "auth", "report", "fleet", "hours"},
	"report":       {"rooms", "channel", "media", "report/paper", "sheet"},
	"fleet":        {"rooms", "event", "db"},
	"seed":         {"rooms", "media", "channel", "channel/whatsapp", "event", "db"},
	"bot":          {"flow", "publicnet", "hours", "routing", "campaign", "conversation", "contact", "account", "template", "inbox", "channel"},
	"workflow":     {"flow", "survey", "notice", "publicnet", "hours", "routing", "conversation", "contact", "account", "template", "inbox", "channel"},
	"desk":         {"notice", "routing", "conversation", "contact", "account", "inbox", "template", "channel"},
	"gateway":      {"conversation", "inbox", "account", "contact", "template", "channel", "media"},
	"routing":      {"conversation", "inbox", "account"},
	"sla":          {"conversation", "inbox", "account"},
	"flow":         {"hours", "conversation", "contact", "inbox", "channel"},
	"campaign":     {"hours", "conversation", "inbox", "account", "contact", "template", "channel", "media", "sheet"},
	"notice":       {"conversation", "inbox", "account", "publicnet"},
	"survey":       {"conversation", "inbox", "account", "contact", "channel", "sheet"},
	"conversation": {"inbox", "channel", "media", "account", "contact"},
	"template":     {"inbox", "channel", "media", "account"},
	"inbox":        {"account", "channel", "media", "hours"},
	"contact":      {"account", "channel", "media", "sheet"},
	"auth":         {"account"},
	"webhook":      {"account", "publicnet"},
	"account":      {},
	"event":        {"db"},
	"job":          {"db"},
	"media":        {"db", "media/opus"},
	"db":           {},
	"channel":      {},
	"sheet":        {},
	"publicnet":    {},
	"hours":        {},
	"fault":        {},
	"words":        {},
	"simulator":    {"simulator/recorded"},
}

// open rooms may be imported by all but the simulator.
var open = []string{"fault", "words"}

// fromFloor4 may be used by every room from floor 4 up.
var fromFloor4 = []string{"db", "event", "job"}

var lowRooms = []string{"hours", "event", "job", "media", "db", "channel", "sheet", "publicnet", "fault", "words", "simulator"}

var rooms = []string{"bot", "workflow", "desk", "flow", "gateway", "routing", "sla", "campaign", "notice", "survey", "conversation", "template", "inbox", "contact", "auth", "webhook", "account"}

// leaves stand below a room and may import only what is named here.
var leaves = map[string][]string{
	"media/opus":          {},
	"report/paper":        {},
	"channel/whatsapp":    {"channel"},
	"channel/channeltest": {"channel"},
	"simulator/recorded":  {},
	"db/dbtest":           {"db"},
	"api/apitest":         {"*"},
}

func TestRoomsImportOnlyDownwards(t *testing.T) {
	root := ".."
	seen := 0
	err := filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return err
		}
		from := filepath.ToSlash(strings.TrimPrefix(path.Dir(filepath.ToSlash(file)), root+"/"))
		for _, to := range importsOf(t, file) {
			seen++
			if !allowed(from, to) {
				t.Errorf("%s: %s may not import %s (style: who may import whom)", file, from, to)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen < 20 {
		t.Fatalf("only %d imports were looked at: the test looks in the wrong place", seen)
	}
}

func importsOf(t *testing.T, file string) []string {
	source, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := parser.ParseFile(token.NewFileSet(), file, source, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, spec := range parsed.Imports {
		if to, ours := strings.CutPrefix(strings.Trim(spec.Path.Value, `"`), "recado/internal/"); ours {
			out = append(out, to)
		}
	}
	return out
}

func allowed(from, to string) bool {
	if from == "simulator" {
		return to == "simulator/recorded"
	}
	if slices.Contains(open, to) {
		return true
	}
	may, isLeaf := leaves[from]
	if !isLeaf {
		var known bool
		if may, known = floors[from]; !known {
			return false
		}
		if !slices.Contains(lowRooms, from) && slices.Contains(fromFloor4, to) {
			return true
		}
	}
	switch {
	case slices.Contains(may, "*"), slices.Contains(may, to):
		return true
	case slices.Contains(may, "rooms"):
		return slices.Contains(rooms, to)
	}
	return false
}
