// Package api is the HTTP door for the desk and for customers' programs. It holds no rule and no SQL: it decodes, asks a
// room, encodes, or returns the room's fault. What the desk can do, an API client can do.
//
// A request passes: limits and headers (shield.go) → request id, access log, panic → cross-site check → identity and
// permission (identity.go) → handler. Every failure leaves as a problem document (problem.go) in the reader's language.
//
// # To add routes
//
// One file per room, with one method xxxRoutes, and a line for it in routes.go:
//
//	func (s *Server) noteRoutes() {
//		get(s, "/notes/{id}", about{Name: "readNote", Tag: "notes", Says: "One note"}, viewing(account.Desk), s.readNote)
//		post(s, "/notes", about{Name: "writeNote", Tag: "notes", Says: "Write a note", Status: 201}, editing(account.Desk), s.writeNote)
//		remove(s, "/notes/{id}", about{Name: "deleteNote", Tag: "notes", Says: "Delete a note"}, editing(account.Desk), s.deleteNote)
//	}
//
//	func (s *Server) readNote(ctx context.Context, actor account.Actor, in *ByID) (Note, error) {
//		note, err := s.rooms.Note.Get(ctx, actor.Workspace, in.ID.ID)
//		return noteOf(note), err
//	}
//
// The answer is the handler's first result as JSON; nothing{} answers 204. The body of a request is a field Body, queries
// are fields tagged query (see In, ByID and Paging). Embed only exported types. Errors are returned as they come from the room: faults become problems by
// their code, anything else a 500 that is logged. Words for new codes go to internal/words/<topic>.<language>.json.
//
// custom registers what needs headers, other content or a file upload (huma's input and output as they are); raw registers
// a plain http.Handler, for sockets. Both keep identity, permission and the document.
//
// Every operation says who may call it: open, signedIn, viewing(area), editing(area), with .and(ability) for more. It is
// checked in one place and shown in the OpenAPI document as x-permission.
package api
