package api

import (
	"context"
	"net/http"

	"recado/internal/account"
	"recado/internal/event"

	"github.com/coder/websocket"
)

func (s *Server) liveRoutes() {
	raw(s, http.MethodGet, "/live", about{Name: "live", Tag: "desk",
		Says: "Facts as they happen, over a WebSocket; after=CURSOR resumes where the last connection ended"}, signedIn, s.live)
}

// live pushes facts to one desk. The browser's Origin is checked by the socket library: pages of other sites are refused.
func (s *Server) live(w http.ResponseWriter, r *http.Request) {
	socket, err := websocket.Accept(w, r, &websocket.AcceptOptions{CompressionMode: websocket.CompressionContextTakeover})
	if err != nil {
		return // answered already
	}
	defer socket.CloseNow()
	identify := func(ctx context.Context) (account.Actor, error) {
		if err := s.recognize(w, r); err != nil {
			return account.Actor{}, err
		}
		return actorIn(r.Context()), nil
	}
	if err := s.rooms.Hub.Serve(r.Context(), socket, identify, event.Cursor(r.URL.Query().Get("after"))); err != nil {
		s.log.Debug("a desk ended", "error", err)
		return
	}
	_ = socket.Close(websocket.StatusNormalClosure, "")
}
