package api

import (
	"context"

	"recado/internal/account"
	"recado/internal/db"
	"recado/internal/fault"
)

func (s *Server) memberRoutes() {
	get(s, "/members", about{Name: "listMembers", Tag: "members", Says: "Members of the workspace, oldest first"}, viewing(account.Organization), s.listMembers)
	get(s, "/members/{id}", about{Name: "readMember", Tag: "members", Says: "One member"}, viewing(account.Organization), s.readMember)
	get(s, "/profiles", about{Name: "listProfiles", Tag: "members", Says: "Profiles of the workspace and how many members each has"}, viewing(account.Organization), s.listProfiles)
}

// Member is a user inside the workspace.
type Member struct {
	ID          string `json:"id"`
	UserID      string `json:"user_id"`
	Name        string `json:"name"`
	Email       string `json:"email"`
	ProfileID   string `json:"profile_id" doc:"empty: no profile, so no permissions"`
	ProfileName string `json:"profile_name"`
	Disabled    bool   `json:"disabled"`
	CreatedAt   int64  `json:"created_at"`
}

func memberOf(m account.Member) Member {
	return Member{ID: m.ID.String(), UserID: m.User.String(), Name: m.Name, Email: m.Email, ProfileID: m.Profile.String(),
		ProfileName: m.ProfileName, Disabled: m.DisabledAt != 0, CreatedAt: m.CreatedAt}
}

func (s *Server) listMembers(ctx context.Context, actor account.Actor, in *Paging) (Page[Member], error) {
	after, err := db.ParseID(in.Cursor)
	if err != nil {
		return Page[Member]{}, fault.New(fault.Invalid, "invalid.cursor", "this page does not exist").On("cursor")
	}
	members, err := s.rooms.Account.Members(ctx, actor.Workspace, after, in.Limit)
	next := ""
	if len(members) == in.Limit {
		next = members[len(members)-1].ID.String()
	}
	return pageOf(members, next, memberOf), err
}

func (s *Server) readMember(ctx context.Context, actor account.Actor, in *ByID) (Member, error) {
	m, err := s.rooms.Account.Member(ctx, actor.Workspace, in.ID.ID)
	return memberOf(m), err
}

// Profile is a named set of permissions.
type Profile struct {
	ID          string        `json:"id"`
	Name        string        `json:"name"`
	Description string        `json:"description"`
	Permissions MePermissions `json:"permissions"`
	Members     int64         `json:"members"`
	CreatedAt   int64         `json:"created_at"`
}

func (s *Server) listProfiles(ctx context.Context, actor account.Actor, _ *noInput) (Items[Profile], error) {
	profiles, err := s.rooms.Account.Profiles(ctx, actor.Workspace)
	return listOf(profiles, func(p account.Profile) Profile {
		return Profile{ID: p.ID.String(), Name: p.Name, Description: p.Description, Permissions: permissionsOf(p.Permissions), Members: p.Members, CreatedAt: p.CreatedAt}
	}), err
}
