package account

import (
	"context"
	"encoding/json"
	"fmt"

	"recado/internal/db"
	"recado/internal/fault"
)

// ActorKind is what kind of party acts.
type ActorKind string

// The kinds of actor.
const (
	KindUser   ActorKind = "user"
	KindBot    ActorKind = "bot"
	KindKey    ActorKind = "key"
	KindSystem ActorKind = "system"
)

// Actor is who does something in a workspace. It is loaded per request and never kept.
type Actor struct {
	Kind        ActorKind
	Workspace   db.ID
	User        db.ID // 0 unless Kind is KindUser
	Key         db.ID // 0 unless Kind is KindKey
	Name        string
	Locale      string // language to speak to them; "" when unknown
	Permissions Permissions
}

// System is Recado itself: everything is allowed.
func System(workspace db.ID) Actor {
	return Actor{Kind: KindSystem, Workspace: workspace, Permissions: All()}
}

// Bot is a bot of the workspace: it answers and hands over, nothing else.
func Bot(workspace db.ID) Actor {
	return Actor{Kind: KindBot, Workspace: workspace, Permissions: Permissions{
		Areas:     map[Area]Level{Desk: Edit, Contacts: View},
		Abilities: []Ability{Reply, Transfer, SeeAll},
	}}
}

// Can returns nil, or the fault "forbidden.area" when the area is not open to the actor at this level.
func (a Actor) Can(area Area, level Level) error {
	if a.Permissions.Level(area).rank() >= level.rank() {
		return nil
	}
	return fault.New(fault.Forbidden, "forbidden.area", "you need the permission to %s %s", level, area).
		With("area", string(area)).With("level", string(level))
}

// Has returns nil, or the fault "forbidden.ability" when the actor lacks the ability.
func (a Actor) Has(ability Ability) error {
	if a.Permissions.Has(ability) {
		return nil
	}
	return fault.New(fault.Forbidden, "forbidden.ability", "you need the permission %s", ability).With("ability", string(ability))
}

const actorSQL = `select u.name, u.locale, coalesce(p.areas_json, '{}') as areas_json, coalesce(p.abilities_json, '[]') as abilities_json
	from members m join users u on u.id = m.user_id left join profiles p on p.id = m.profile_id and p.workspace_id = m.workspace_id
	where m.workspace_id = $1 and m.user_id = $2 and m.disabled_at is null`

// ActorOf loads a user as an actor in a workspace. Who is no member, or a disabled one, gets the fault
// Unauthorized "account.not_member".
func (r *Room) ActorOf(ctx context.Context, workspace, user db.ID) (Actor, error) {
	row, err := db.One[struct {
		Name   string `db:"name"`
		Locale string `db:"locale"`
		permissionColumns
	}](ctx, r.d, actorSQL, workspace, user)
	if db.None(err) {
		return Actor{}, fault.New(fault.Unauthorized, "account.not_member", "you are no longer a member of this workspace")
	}
	if err != nil {
		return Actor{}, fmt.Errorf("load actor: %w", err)
	}
	permissions, err := row.permissions()
	if err != nil {
		return Actor{}, err
	}
	return Actor{Kind: KindUser, Workspace: workspace, User: user, Name: row.Name, Locale: row.Locale, Permissions: permissions}, nil
}

// KeyActor makes the actor of an API key with the permissions of its profile as they are now; none when the profile is gone.
func (r *Room) KeyActor(ctx context.Context, workspace, key, profile db.ID, name string) (Actor, error) {
	actor := Actor{Kind: KindKey, Workspace: workspace, Key: key, Name: name, Permissions: Permissions{}.complete()}
	found, err := r.Profile(ctx, workspace, profile)
	if fault.KindOf(err) == fault.NotFound {
		return actor, nil
	}
	actor.Permissions = found.Permissions
	return actor, err
}

// permissionColumns are the stored form of Permissions.
type permissionColumns struct {
	AreasJSON     string `db:"areas_json"`
	AbilitiesJSON string `db:"abilities_json"`
}

func (c permissionColumns) permissions() (Permissions, error) {
	var p Permissions
	if err := json.Unmarshal([]byte(c.AreasJSON), &p.Areas); err != nil {
		return p, fmt.Errorf("read areas: %w", err)
	}
	if err := json.Unmarshal([]byte(c.AbilitiesJSON), &p.Abilities); err != nil {
		return p, fmt.Errorf("read abilities: %w", err)
	}
	return p.complete(), nil
}

func (p Permissions) columns() (areas, abilities string, err error) {
	whole := p.complete()
	a, err := json.Marshal(whole.Areas)
	if err != nil {
		return "", "", err
	}
	b, err := json.Marshal(whole.Abilities)
	return string(a), string(b), err
}
