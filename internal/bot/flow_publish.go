package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"

	"recado/internal/account"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/fault"
	"recado/internal/flow"
)

// Published gives the flows of a workspace as new conversations begin with them.
func (r *Room) Published(ctx context.Context, workspace db.ID) (map[db.ID]flow.Version, error) {
	return versionsIn(ctx, r.d, workspace)
}

type versionRow struct {
	Flow    db.ID  `db:"flow_id"`
	Version int64  `db:"version"`
	Name    string `db:"name"`
	Text    string `db:"flow_json"`
}

func (row versionRow) version() (flow.Version, error) {
	v := flow.Version{ID: row.Flow, Number: row.Version, Name: row.Name}
	if err := json.Unmarshal([]byte(row.Text), &v.Flow); err != nil {
		return v, fmt.Errorf("version %d of flow %d: %w", row.Version, row.Flow, err)
	}
	return v, nil
}

func versionsIn(ctx context.Context, q db.Querier, workspace db.ID) (map[db.ID]flow.Version, error) {
	rows, err := db.All[versionRow](ctx, q, `select v.flow_id, v.version, f.name, v.flow_json from flow_versions v join flows f on f.id = v.flow_id and f.published = v.version
		where f.workspace_id = $1`, workspace)
	if err != nil {
		return nil, fmt.Errorf("published flows: %w", err)
	}
	out := make(map[db.ID]flow.Version, len(rows))
	for _, row := range rows {
		if out[row.Flow], err = row.version(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Findings tell what would go wrong with a flow in a workspace as it is now. id is its own.
func (r *Room) Findings(ctx context.Context, workspace, id db.ID, f flow.Flow) ([]flow.Finding, error) {
	world, err := r.world(ctx, r.d, workspace, f)
	if err != nil {
		return nil, err
	}
	return f.Check(id, world), nil
}

func (r *Room) world(ctx context.Context, q db.Querier, workspace db.ID, f flow.Flow) (w flow.World, err error) {
	if w.Queues, err = queuesIn(ctx, q, workspace); err != nil {
		return w, err
	}
	if w.Agents, err = agentsIn(ctx, q, workspace); err != nil {
		return w, err
	}
	if w.Flows, err = versionsIn(ctx, q, workspace); err != nil {
		return w, err
	}
	brains, err := brainsIn(ctx, q, workspace)
	if err != nil {
		return w, err
	}
	w.Brains = map[db.ID]bool{}
	for _, b := range brains {
		w.Brains[b.ID] = true
	}
	w.Files, err = filesIn(ctx, q, workspace, f)
	w.Address, w.Vault = r.outside.Rules.Check, r.vault(workspace)
	return w, err
}

func agentsIn(ctx context.Context, q db.Querier, workspace db.ID) (map[db.ID]bool, error) {
	ids, err := db.All[db.ID](ctx, q, "select user_id from members where workspace_id = $1 and disabled_at is null and profile_id is not null", workspace)
	if err != nil {
		return nil, fmt.Errorf("agents: %w", err)
	}
	known := make(map[db.ID]bool, len(ids))
	for _, id := range ids {
		known[id] = true
	}
	return known, nil
}

func filesIn(ctx context.Context, q db.Querier, workspace db.ID, f flow.Flow) (map[db.ID]string, error) {
	var ids []db.ID
	for _, b := range f.Blocks {
		if b.File != 0 {
			ids = append(ids, b.File)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	files, err := db.All[struct {
		ID   db.ID  `db:"id"`
		Mime string `db:"mime"`
	}](ctx, q, "select id, mime from files where workspace_id = $1 and id in ({ids:$2})", workspace, db.IDs(ids))
	if err != nil {
		return nil, fmt.Errorf("files of a flow: %w", err)
	}
	out := map[db.ID]string{}
	for _, one := range files {
		out[one.ID] = one.Mime
	}
	return out, nil
}

// PublishFlow makes the draft the version that new conversations begin with; those under way go on in theirs. It fails with Conflict
// "flow.not_ready" when Findings are serious, "flow.unchanged" when it is as it was, and "flow.edited" like SaveFlow.
func (r *Room) PublishFlow(ctx context.Context, actor account.Actor, id db.ID, seen int64) (f Flow, err error) {
	err = r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if f, err = holdFlow(ctx, tx, actor, id, seen); err != nil {
			return err
		}
		world, err := r.world(ctx, tx, actor.Workspace, f.Draft)
		if err != nil {
			return err
		}
		for _, found := range f.Draft.Check(id, world) {
			if found.Serious {
				return fault.New(fault.Conflict, "flow.not_ready", "There is something to mend before this flow can be published.").With("block", found.Block)
			}
		}
		if before, known := world.Flows[id]; known && reflect.DeepEqual(before.Flow, f.Draft) {
			return fault.New(fault.Conflict, "flow.unchanged", "Nothing changed since the last version.")
		}
		text, err := json.Marshal(f.Draft)
		if err != nil {
			return fmt.Errorf("flow: %w", err)
		}
		f.Published++
		if _, err := tx.Exec(ctx, "update flows set published = $1 where id = $2 and workspace_id = $3", f.Published, id, actor.Workspace); err != nil {
			return fmt.Errorf("publish flow: %w", err)
		}
		_, err = tx.Exec(ctx, `insert into flow_versions (workspace_id, flow_id, version, name, flow_json, published_by, published_name, published_at)
			values ($1, $2, $3, $4, $5, $6, $7, $8)`, actor.Workspace, id, f.Published, f.Name, string(text), actor.User, actor.Name, tx.Now())
		if err != nil {
			return fmt.Errorf("publish flow: %w", err)
		}
		return nil
	})
	return f, err
}

// FlowVersions lists what was published of a flow, newest first, at most a hundred.
func (r *Room) FlowVersions(ctx context.Context, workspace, id db.ID) ([]FlowVersion, error) {
	if _, err := flowIn(ctx, r.d, workspace, id); err != nil {
		return nil, err
	}
	all, err := db.All[FlowVersion](ctx, r.d, `select version, name, published_name, published_at, flow_json from flow_versions
		where workspace_id = $1 and flow_id = $2 order by version desc limit 100`, workspace, id)
	if err != nil {
		return nil, fmt.Errorf("versions of flow %d: %w", id, err)
	}
	for i := range all {
		if err := json.Unmarshal([]byte(all[i].Text), &all[i].Flow); err != nil {
			return nil, fmt.Errorf("version %d of flow %d: %w", all[i].Version, id, err)
		}
	}
	return all, nil
}

// TryFlow makes one step of a flow that need not be kept, with the other flows as they are published. Nothing is sent, asked
// outside or kept. It fails with Invalid for what is no flow, and
// with NotFound for a flow of elsewhere. name is the person's.
func (r *Room) TryFlow(ctx context.Context, workspace, id db.ID, f flow.Flow, state flow.State, in flow.Input, name string) (flow.Turn, error) {
	if _, err := flowIn(ctx, r.d, workspace, id); err != nil {
		return flow.Turn{}, err
	}
	if err := f.Shape(); err != nil {
		return flow.Turn{}, err
	}
	others, err := versionsIn(ctx, r.d, workspace)
	if err != nil {
		return flow.Turn{}, err
	}
	book := flow.Book(func(wanted db.ID, _ int64) (flow.Version, bool) {
		if wanted == id {
			return flow.Version{ID: id, Flow: f}, true
		}
		v, ok := others[wanted]
		return v, ok
	})
	if state.Flow == 0 {
		state.Flow = id
	}
	in.Now, in.Menus = r.d.Now(), true
	in.Serial, in.Values = state.Serial, conversation.PersonValues(name)
	if in.Kind == flow.Due {
		in.Now = max(in.Now, state.Until)
	}
	return book.Step(state, in), nil
}
