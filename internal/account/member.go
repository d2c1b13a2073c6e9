package account

import (
	"context"
	"fmt"

	"recado/internal/db"
	"recado/internal/fault"
)

// Member is a user inside a workspace.
type Member struct {
	ID          db.ID  `db:"id"`
	User        db.ID  `db:"user_id"`
	Email       string `db:"email"`
	Name        string `db:"name"`
	Locale      string `db:"locale"`
	Profile     db.ID  `db:"profile_id"` // 0: none, so no permissions (B148)
	ProfileName string `db:"profile_name"`
	CreatedAt   int64  `db:"created_at"`
	DisabledAt  int64  `db:"disabled_at"` // 0: active
}

const membersSQL = `select m.id, m.user_id, u.email, u.name, u.locale, m.profile_id, coalesce(p.name, '') as profile_name, m.created_at,
	coalesce(m.disabled_at, 0) as disabled_at
	from members m join users u on u.id = m.user_id left join profiles p on p.id = m.profile_id and p.workspace_id = m.workspace_id
	where m.workspace_id = $1`

// Members lists the members of a workspace after a member (0: from the first), oldest first, at most limit.
func (r *Room) Members(ctx context.Context, workspace, after db.ID, limit int) ([]Member, error) {
	return db.All[Member](ctx, r.d, membersSQL+" and m.id > $2 order by m.id limit $3", workspace, int64(after), limit)
}

// Member gives one; the fault NotFound "account.member_unknown" when the workspace has none with this id.
func (r *Room) Member(ctx context.Context, workspace, id db.ID) (Member, error) {
	return memberIn(ctx, r.d, workspace, id)
}

func memberIn(ctx context.Context, q db.Querier, workspace, id db.ID) (Member, error) {
	m, err := db.One[Member](ctx, q, membersSQL+" and m.id = $2", workspace, id)
	if db.None(err) {
		return m, fault.New(fault.NotFound, "account.member_unknown", "there is no such member")
	}
	return m, err
}

// MemberByEmail finds a member by the e-mail of the user.
func (r *Room) MemberByEmail(ctx context.Context, workspace db.ID, email string) (Member, error) {
	m, err := db.One[Member](ctx, r.d, membersSQL+" and u.email = $2", workspace, foldEmail(email))
	if db.None(err) {
		return m, fault.New(fault.NotFound, "account.member_unknown", "nobody here has the e-mail %s", email).With("email", email)
	}
	return m, err
}

// AddMember makes a user a member with a profile (0: none). Nobody gives more than they have.
func (r *Room) AddMember(ctx context.Context, actor Actor, user, profile db.ID) (Member, error) {
	if err := actor.Has(ManageMembers); err != nil {
		return Member{}, err
	}
	var m Member
	err := r.change(ctx, actor.Workspace, func(ctx context.Context, tx *db.Tx) error {
		if err := mayGive(ctx, tx, actor, profile); err != nil {
			return err
		}
		id := tx.NewID()
		n, err := tx.Exec(ctx, `insert into members (workspace_id, id, user_id, profile_id, created_at) values ($1, $2, $3, $4, $5)
			on conflict (workspace_id, user_id) do nothing`, actor.Workspace, id, user, profile, tx.Now())
		if err == nil && n == 0 {
			err = fault.New(fault.Conflict, "account.already_member", "this person is a member already")
		}
		if err != nil {
			return err
		}
		m, err = memberIn(ctx, tx, actor.Workspace, id)
		return err
	})
	return m, err
}

// SetProfile gives a member another profile; 0 takes it away.
func (r *Room) SetProfile(ctx context.Context, actor Actor, member, profile db.ID) error {
	return r.changeMember(ctx, actor, member, func(ctx context.Context, tx *db.Tx) error {
		if err := mayGive(ctx, tx, actor, profile); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "update members set profile_id = $3 where workspace_id = $1 and id = $2", actor.Workspace, member, profile)
		return err
	})
}

// SetDisabled shuts a member out, or lets them in again. What they wrote stays.
func (r *Room) SetDisabled(ctx context.Context, actor Actor, member db.ID, disabled bool) error {
	return r.changeMember(ctx, actor, member, func(ctx context.Context, tx *db.Tx) error {
		var at any
		if disabled {
			at = tx.Now()
		}
		_, err := tx.Exec(ctx, "update members set disabled_at = $3 where workspace_id = $1 and id = $2", actor.Workspace, member, at)
		return err
	})
}

// RemoveMember ends a membership. The user stays, and may be a member elsewhere.
func (r *Room) RemoveMember(ctx context.Context, actor Actor, member db.ID) error {
	return r.changeMember(ctx, actor, member, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, "delete from members where workspace_id = $1 and id = $2", actor.Workspace, member)
		return err
	})
}

// changeMember lets an actor change a member who holds no more than the actor does.
func (r *Room) changeMember(ctx context.Context, actor Actor, member db.ID, f func(ctx context.Context, tx *db.Tx) error) error {
	if err := actor.Has(ManageMembers); err != nil {
		return err
	}
	return r.change(ctx, actor.Workspace, func(ctx context.Context, tx *db.Tx) error {
		m, err := memberIn(ctx, tx, actor.Workspace, member)
		if err != nil {
			return err
		}
		if err := mayGive(ctx, tx, actor, m.Profile); err != nil {
			return err
		}
		return f(ctx, tx)
	})
}

// mayGive asks whether the actor may give or take a profile.
func mayGive(ctx context.Context, tx *db.Tx, actor Actor, profile db.ID) error {
	if profile == 0 {
		return nil
	}
	p, err := profileIn(ctx, tx, actor.Workspace, profile)
	if err != nil {
		return err
	}
	return covers(actor, p.Permissions)
}

// change runs f alone among the changes of a workspace's permissions, and undoes it when it takes away the last owner.
func (r *Room) change(ctx context.Context, workspace db.ID, f func(ctx context.Context, tx *db.Tx) error) error {
	return r.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		// The row is written to, so that two owners cannot remove each other at the same time.
		if _, err := tx.Exec(ctx, "update workspaces set name = name where id = $1", workspace); err != nil {
			return fmt.Errorf("hold workspace: %w", err)
		}
		before, err := owners(ctx, tx, workspace)
		if err != nil {
			return err
		}
		if err := f(ctx, tx); err != nil {
			return err
		}
		after, err := owners(ctx, tx, workspace)
		if err != nil {
			return err
		}
		if before > 0 && after == 0 {
			return fault.New(fault.Conflict, "account.last_owner", "a workspace needs an owner; make someone else an owner first")
		}
		return r.tellChanged(ctx, tx, workspace)
	})
}

// owners counts the active members who can mend every permission.
func owners(ctx context.Context, tx *db.Tx, workspace db.ID) (int, error) {
	rows, err := db.All[permissionColumns](ctx, tx, `select p.areas_json, p.abilities_json from members m
		join profiles p on p.id = m.profile_id and p.workspace_id = m.workspace_id
		where m.workspace_id = $1 and m.disabled_at is null`, workspace)
	if err != nil {
		return 0, fmt.Errorf("count owners: %w", err)
	}
	n := 0
	for _, row := range rows {
		p, err := row.permissions()
		if err != nil {
			return 0, err
		}
		if p.Own() {
			n++
		}
	}
	return n, nil
}
