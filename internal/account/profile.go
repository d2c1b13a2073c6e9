package account

import (
	"context"
	"fmt"
	"strings"

	"recado/internal/db"
	"recado/internal/fault"
	"recado/internal/words"
)

// Profile is a named set of permissions that members hold.
type Profile struct {
	ID          db.ID
	Workspace   db.ID
	Name        string
	Description string
	Permissions Permissions
	Members     int64 // active members who hold it (B140)
	CreatedAt   int64
}

// NewProfile is what a profile is made from.
type NewProfile struct {
	Name        string
	Description string
	Permissions Permissions
}

// Standard names one of the profiles made with every workspace.
type Standard string

// The standard profiles.
const (
	Owner       Standard = "owner"       // everything
	Manager     Standard = "manager"     // everything but editing the organization
	Agent       Standard = "agent"       // answers customers
	Broadcaster Standard = "broadcaster" // sends campaigns
)

// StandardName is the name a standard profile gets in a workspace of this language.
func StandardName(s Standard, locale string) string {
	return words.Say(locale, "profile."+string(s), nil)
}

func standardProfiles(locale string) []NewProfile {
	manager := All()
	manager.Areas[Organization] = View
	return []NewProfile{
		standard(Owner, locale, All()),
		standard(Manager, locale, manager),
		standard(Agent, locale, Permissions{
			Areas:     map[Area]Level{Desk: Edit, Contacts: Edit},
			Abilities: []Ability{Reply, Transfer},
		}),
		standard(Broadcaster, locale, Permissions{
			Areas:     map[Area]Level{Campaigns: Edit, Contacts: View},
			Abilities: []Ability{Broadcast},
		}),
	}
}

func standard(s Standard, locale string, p Permissions) NewProfile {
	return NewProfile{Name: StandardName(s, locale), Description: words.Say(locale, "profile."+string(s)+".description", nil), Permissions: p}
}

const profilesSQL = `select p.id, p.workspace_id, p.name, p.description, p.areas_json, p.abilities_json, p.created_at,
	(select count(*) from members m where m.workspace_id = p.workspace_id and m.profile_id = p.id and m.disabled_at is null) as members
	from profiles p where p.workspace_id = $1`

type profileRow struct {
	ID          db.ID  `db:"id"`
	Workspace   db.ID  `db:"workspace_id"`
	Name        string `db:"name"`
	Description string `db:"description"`
	CreatedAt   int64  `db:"created_at"`
	Members     int64  `db:"members"`
	permissionColumns
}

func (row profileRow) profile() (Profile, error) {
	permissions, err := row.permissions()
	return Profile{ID: row.ID, Workspace: row.Workspace, Name: row.Name, Description: row.Description,
		Permissions: permissions, Members: row.Members, CreatedAt: row.CreatedAt}, err
}

// Profiles lists the profiles of a workspace by age, with how many members each has (B140).
func (r *Room) Profiles(ctx context.Context, workspace db.ID) ([]Profile, error) {
	rows, err := db.All[profileRow](ctx, r.d, profilesSQL+" order by p.id", workspace)
	if err != nil {
		return nil, fmt.Errorf("list profiles: %w", err)
	}
	profiles := make([]Profile, len(rows))
	for i, row := range rows {
		if profiles[i], err = row.profile(); err != nil {
			return nil, err
		}
	}
	return profiles, nil
}

// Profile gives one; the fault NotFound "account.profile_unknown" when the workspace has none with this id.
func (r *Room) Profile(ctx context.Context, workspace, id db.ID) (Profile, error) {
	return profileIn(ctx, r.d, workspace, id)
}

// StandardProfile gives a standard profile of a workspace by the name it was made with.
func (r *Room) StandardProfile(ctx context.Context, workspace Workspace, s Standard) (Profile, error) {
	row, err := db.One[profileRow](ctx, r.d, profilesSQL+" and p.name = $2", workspace.ID, StandardName(s, workspace.Locale))
	if db.None(err) {
		return Profile{}, profileUnknown()
	}
	if err != nil {
		return Profile{}, err
	}
	return row.profile()
}

func profileIn(ctx context.Context, q db.Querier, workspace, id db.ID) (Profile, error) {
	row, err := db.One[profileRow](ctx, q, profilesSQL+" and p.id = $2", workspace, id)
	if db.None(err) {
		return Profile{}, profileUnknown()
	}
	if err != nil {
		return Profile{}, fmt.Errorf("load profile: %w", err)
	}
	return row.profile()
}

func profileUnknown() error {
	return fault.New(fault.NotFound, "account.profile_unknown", "there is no such profile").On("profile_id")
}

// CreateProfile makes a profile (B141, B142). Nobody gives more than they have.
func (r *Room) CreateProfile(ctx context.Context, actor Actor, p NewProfile) (Profile, error) {
	if _, _, err := p.stored(); err != nil {
		return Profile{}, err
	}
	if err := mayShape(actor, p.Permissions); err != nil {
		return Profile{}, err
	}
	var made Profile
	err := r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		id, err := insertProfile(ctx, tx, actor.Workspace, p)
		if err != nil {
			return err
		}
		made, err = profileIn(ctx, tx, actor.Workspace, id)
		return err
	})
	return made, err
}

func insertProfile(ctx context.Context, tx *db.Tx, workspace db.ID, p NewProfile) (db.ID, error) {
	areas, abilities, err := p.stored()
	if err != nil {
		return 0, err
	}
	id := tx.NewID()
	n, err := tx.Exec(ctx, `insert into profiles (workspace_id, id, name, description, areas_json, abilities_json, created_at)
		values ($1, $2, $3, $4, $5, $6, $7) on conflict (workspace_id, name) do nothing`,
		workspace, id, strings.TrimSpace(p.Name), strings.TrimSpace(p.Description), areas, abilities, tx.Now())
	if err == nil && n == 0 {
		err = profileNameTaken(p.Name)
	}
	return id, err
}

// stored checks a profile and gives its permissions as they are kept.
func (p NewProfile) stored() (areas, abilities string, err error) {
	if strings.TrimSpace(p.Name) == "" {
		return "", "", fault.New(fault.Invalid, "account.name_missing", "a name is needed").On("name")
	}
	if err := p.Permissions.check(); err != nil {
		return "", "", err
	}
	return p.Permissions.columns()
}

func profileNameTaken(name string) error {
	return fault.New(fault.Conflict, "account.profile_name_taken", "another profile is called %s", name).On("name").With("name", name)
}

// UpdateProfile replaces a profile (B143). The last owner cannot lose what makes an owner.
func (r *Room) UpdateProfile(ctx context.Context, actor Actor, id db.ID, p NewProfile) (Profile, error) {
	areas, abilities, err := p.stored()
	if err != nil {
		return Profile{}, err
	}
	if err := mayShape(actor, p.Permissions); err != nil {
		return Profile{}, err
	}
	var now Profile
	err = r.change(ctx, actor.Workspace, func(ctx context.Context, tx *db.Tx) error {
		before, err := profileIn(ctx, tx, actor.Workspace, id)
		if err != nil {
			return err
		}
		if err := covers(actor, before.Permissions); err != nil {
			return err
		}
		taken, err := db.One[int64](ctx, tx, "select count(*) from profiles where workspace_id = $1 and name = $2 and id <> $3",
			actor.Workspace, strings.TrimSpace(p.Name), id)
		if err != nil {
			return err
		}
		if taken > 0 {
			return profileNameTaken(p.Name)
		}
		_, err = tx.Exec(ctx, "update profiles set name = $3, description = $4, areas_json = $5, abilities_json = $6 where workspace_id = $1 and id = $2",
			actor.Workspace, id, strings.TrimSpace(p.Name), strings.TrimSpace(p.Description), areas, abilities)
		if err != nil {
			return err
		}
		now, err = profileIn(ctx, tx, actor.Workspace, id)
		return err
	})
	return now, err
}

// DeleteProfile removes a profile; its members are left without any and lose what it gave (B147).
func (r *Room) DeleteProfile(ctx context.Context, actor Actor, id db.ID) error {
	if err := actor.Can(Organization, Edit); err != nil {
		return err
	}
	return r.change(ctx, actor.Workspace, func(ctx context.Context, tx *db.Tx) error {
		before, err := profileIn(ctx, tx, actor.Workspace, id)
		if err != nil {
			return err
		}
		if err := covers(actor, before.Permissions); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "update members set profile_id = null where workspace_id = $1 and profile_id = $2", actor.Workspace, id); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "delete from profiles where workspace_id = $1 and id = $2", actor.Workspace, id)
		return err
	})
}

// mayShape asks whether the actor may make a profile with these permissions.
func mayShape(actor Actor, p Permissions) error {
	if err := actor.Can(Organization, Edit); err != nil {
		return err
	}
	return covers(actor, p)
}

func covers(actor Actor, p Permissions) error {
	if actor.Permissions.Covers(p) {
		return nil
	}
	return fault.New(fault.Forbidden, "account.more_than_you", "this would give or take permissions that you do not have yourself")
}
