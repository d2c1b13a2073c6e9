package api

import (
	"context"

	"recado/internal/account"
	"recado/internal/auth"
	"recado/internal/db"
)

func (s *Server) apiKeyRoutes() {
	get(s, "/api-keys", about{Name: "listAPIKeys", Tag: "api-keys", Says: "API keys of the workspace"}, viewing(account.Settings), s.listKeys)
	post(s, "/api-keys", about{Name: "createAPIKey", Tag: "api-keys", Says: "Create an API key; it is shown only here", Status: 201}, editing(account.Settings), s.createKey)
	remove(s, "/api-keys/{id}", about{Name: "revokeAPIKey", Tag: "api-keys", Says: "Revoke an API key at once"}, editing(account.Settings), s.revokeKey)
}

// APIKey is an API key as it is listed.
type APIKey struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Prefix    string `json:"prefix" doc:"its first characters"`
	ProfileID string `json:"profile_id"`
	CreatedBy string `json:"created_by"`
	CreatedAt int64  `json:"created_at"`
	UsedAt    int64  `json:"used_at" doc:"last use, to the minute; 0: never"`
	ExpiresAt int64  `json:"expires_at" doc:"0: does not expire"`
}

// CreatedAPIKey is a new key with its secret.
type CreatedAPIKey struct {
	APIKey
	Secret string `json:"secret" doc:"for Authorization: Bearer; it cannot be shown again"`
}

func keyOf(k auth.Key) APIKey {
	return APIKey{ID: k.ID.String(), Name: k.Name, Prefix: k.Prefix, ProfileID: k.Profile.String(), CreatedBy: k.CreatedBy.String(),
		CreatedAt: k.CreatedAt, UsedAt: k.UsedAt, ExpiresAt: k.ExpiresAt}
}

func (s *Server) listKeys(ctx context.Context, actor account.Actor, _ *noInput) (Items[APIKey], error) {
	keys, err := s.rooms.Auth.Keys(ctx, actor)
	return listOf(keys, keyOf), err
}

type createKeyBody struct {
	Name      string `json:"name"`
	ProfileID db.ID  `json:"profile_id" doc:"the profile whose permissions the key has"`
	ExpiresAt int64  `json:"expires_at,omitempty" doc:"Unix milliseconds; 0 or none: does not expire"`
}

func (s *Server) createKey(ctx context.Context, actor account.Actor, in *In[createKeyBody]) (CreatedAPIKey, error) {
	k, secret, err := s.rooms.Auth.CreateKey(ctx, actor, auth.NewKey{Name: in.Body.Name, Profile: in.Body.ProfileID, ExpiresAt: in.Body.ExpiresAt})
	return CreatedAPIKey{APIKey: keyOf(k), Secret: secret}, err
}

func (s *Server) revokeKey(ctx context.Context, actor account.Actor, in *ByID) (nothing, error) {
	return nothing{}, s.rooms.Auth.RevokeKey(ctx, actor, in.ID.ID)
}
