package auth

import (
	"context"

	"recado/internal/account"
)

// Founded is a new workspace with its owner and the token of the link by which the owner sets the first password.
type Founded struct {
	Workspace account.Workspace
	Owner     account.User
	Token     string
}

// Found makes a workspace and its owner; for the command line. A user with this e-mail who exists already becomes the owner too.
func (r *Room) Found(ctx context.Context, workspace string, owner account.NewUser) (Founded, error) {
	var made Founded
	email, err := account.ParseEmail(owner.Email)
	if err != nil {
		return made, err
	}
	if made.Owner, err = r.accounts.UserByEmail(ctx, email); err != nil {
		if made.Owner, err = r.accounts.CreateUser(ctx, owner); err != nil {
			return made, err
		}
	}
	if made.Workspace, err = r.accounts.CreateWorkspace(ctx, workspace, owner.Locale); err != nil {
		return made, err
	}
	profile, err := r.accounts.StandardProfile(ctx, made.Workspace, account.Owner)
	if err != nil {
		return made, err
	}
	if _, err := r.accounts.AddMember(ctx, account.System(made.Workspace.ID), made.Owner.ID, profile.ID); err != nil {
		return made, err
	}
	made.Token, err = r.CreateLink(ctx, made.Owner.ID)
	return made, err
}
