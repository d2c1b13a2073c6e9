// Package apitest starts the whole API on a test database and plays truth files against it.
//
//	World   two workspaces with people who are signed in: Home (owner, manager, agent, sender, member without profile) and Other (rival)
//	Run     plays testdata/<room>/*.json on both databases; `go test ./internal/api -update` writes what was answered
//
// A truth file is a list of steps. Ids and secrets differ from run to run, so they are written as names: {id1} for the first
// one met, or the name a setup gave (World.Name). Times become "time", request ids "request". Later steps use the names:
//
//	[{"says": "a key is made", "as": "owner",
//	  "request": {"method": "POST", "path": "/api-keys", "body": {"name": "CRM", "profile_id": "{agent profile}"}},
//	  "status": 201, "answer": {"id": "{id1}", "secret": "{secret1}", …}},
//	 {"says": "it is revoked", "as": "owner", "request": {"method": "DELETE", "path": "/api-keys/{id1}"}, "status": 204}]
//
// A room that is new in api.Rooms is built in rooms.go, one line.
package apitest
