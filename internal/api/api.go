package api

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"

	"recado/internal/account"
	"recado/internal/auth"
	"recado/internal/bot"
	"recado/internal/campaign"
	"recado/internal/channel"
	"recado/internal/contact"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/desk"
	"recado/internal/fleet"
	"recado/internal/inbox"
	"recado/internal/media"
	"recado/internal/notice"
	"recado/internal/report"
	"recado/internal/routing"
	"recado/internal/survey"
	"recado/internal/template"
	"recado/internal/workflow"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

// prefix is where the versioned API lives.
const prefix = "/api/v1"

// Rooms are what the API asks. A room that is added here is also added in apitest.
type Rooms struct {
	Account      *account.Room
	Auth         *auth.Room
	Inbox        *inbox.Room
	Contact      *contact.Room
	Imports      *contact.Imports
	Template     *template.Room
	Media        *media.Room
	Conversation *conversation.Room
	Routing      *routing.Room
	Notice       *notice.Room
	Push         *notice.Pushes
	Campaign     *campaign.Room
	Desk         *desk.Room
	Bot          *bot.Room
	Fleet        *fleet.Room
	Survey       *survey.Room
	Workflow     *workflow.Room
	Report       *report.Room
	Archives     *report.Archives
	Hub          *desk.Hub

	// Carries tells what each channel can carry: which files may be uploaded.
	Carries map[channel.Kind]channel.Capability
	// SyncTemplates fetches the templates of an inbox's account from the provider and tells how many changed.
	SyncTemplates func(ctx context.Context, inbox db.ID) (int, error)
	// SubmitTemplate hands a draft to the provider: a new template of a number's account, or the change of one (id).
	SubmitTemplate func(ctx context.Context, actor account.Actor, inbox, id db.ID, draft template.Draft) (template.Template, error)
	// DeleteTemplate deletes one language of a template at the provider and here, or all of its name.
	DeleteTemplate func(ctx context.Context, actor account.Actor, id db.ID, all bool) error
	// Demo gives the sign-ins of the demo; nil outside of it.
	Demo func() DemoAccounts

	// Availability tells whether an agent takes tickets now; room routing plugs in here. Nil: everyone is away.
	Availability func(ctx context.Context, actor account.Actor) (Availability, error)
	// HasBot tells whether a number's bot is switched on; room bot plugs in here. Nil: no number has one.
	HasBot func(ctx context.Context, workspace, inbox db.ID) (bool, error)
}

// Options are the operator's choices.
type Options struct {
	Version        string         // shown in Me and in the document
	Demo           bool           // the demo workspace is served
	Secure         bool           // people reach Recado by https, though this process may speak http to a proxy
	TrustedProxies []netip.Prefix // whose X-Forwarded-For and X-Forwarded-Proto are believed
	TrustedOrigins []string       // other addresses whose pages may send requests ("https://desk.example.com")
	Log            *slog.Logger   // nil: the default one
}

// Server answers under /api/. Make it with New.
type Server struct {
	rooms   Rooms
	options Options
	log     *slog.Logger
	mux     *http.ServeMux
	api     huma.API
	handler http.Handler
}

// New builds the server with all its routes.
func New(rooms Rooms, options Options) (*Server, error) {
	s := &Server{rooms: rooms, options: options, log: options.Log, mux: http.NewServeMux()}
	if s.log == nil {
		s.log = slog.Default()
	}
	s.api = humago.New(s.mux, document(options.Version))
	s.api.UseMiddleware(s.admit)
	s.routes()
	s.mux.HandleFunc("/", s.unknownRoute)
	var err error
	s.handler, err = s.shield(s.mux)
	return s, err
}

// ServeHTTP answers a request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// OpenAPI is the document of all routes, as served at /api/openapi.json.
func (s *Server) OpenAPI() *huma.OpenAPI { return s.api.OpenAPI() }
