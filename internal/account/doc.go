// Package account keeps workspaces, the users who sign in, their membership and the profiles that say what members may do. It is
// the one place where permissions are asked: whoever acts is an Actor, and Actor.Can and Actor.Has answer.
//
//	workspace ── profile (areas: none, view or edit; abilities by name)
//	    └─────── member (one user, one profile or none) ── user
//
// An Actor is loaded for each request (ActorOf), so a change of profile acts at once; the fact account.changed tells those who
// hold connections open. A member without a profile may do nothing (B148). A workspace always keeps an owner: a
// member who can edit the organization and manage members.
package account
