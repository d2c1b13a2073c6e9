package api

import (
	"context"
	"io"
	"net/http"
	"reflect"

	"recado/internal/account"
	"recado/internal/contact"
	"recado/internal/db"
	"recado/internal/words"

	"github.com/danielgtaylor/huma/v2"
)

func (s *Server) contactImportRoutes() {
	may := editing(account.Contacts).and(account.SeeAll)
	raw(s, http.MethodPost, "/contact-imports", about{Name: "uploadContacts", Tag: "contacts", Upload: true, BodyLimit: sheetUpload,
		Says: "A sheet of people (CSV or XLSX), as the part “file” of a multipart form; answers what its columns seem to hold. Nothing is imported yet"}, may, s.uploadContacts)
	get(s, "/contact-imports", about{Name: "listContactImports", Tag: "contacts", Says: "The imports that were begun, the newest first"}, may, s.listContactImports)
	get(s, "/contact-imports/{id}", about{Name: "readContactImport", Tag: "contacts", Says: "One import with how far it is"}, may, s.readContactImport)
	post(s, "/contact-imports/{id}/preview", about{Name: "previewContactImport", Tag: "contacts", Says: "The first rows as they would be read; nothing changes"}, may, s.previewContactImport)
	post(s, "/contact-imports/{id}/start", about{Name: "startContactImport", Tag: "contacts", Says: "Read the sheet into the contacts, in the background"}, may, s.startContactImport)
	post(s, "/contact-imports/{id}/stop", about{Name: "stopContactImport", Tag: "contacts", Says: "End an import; what was read stays"}, may, s.stopContactImport)
	raw(s, http.MethodGet, "/contact-imports/{id}/errors.csv", about{Name: "downloadContactImportErrors", Tag: "contacts", Says: "The rows left out, with the reason"}, may, s.contactImportErrors)
	raw(s, http.MethodGet, "/contact-model.csv", about{Name: "downloadContactModelCSV", Tag: "contacts", Says: "A sheet to fill in, as CSV"}, may, s.contactModel("csv"))
	raw(s, http.MethodGet, "/contact-model.xlsx", about{Name: "downloadContactModelXLSX", Tag: "contacts", Says: "A sheet to fill in, as XLSX"}, may, s.contactModel("xlsx"))
	document := s.api.OpenAPI()
	document.Paths[prefix+"/contact-imports"].Post.Responses["201"] = &huma.Response{Description: "The import", Content: map[string]*huma.MediaType{"application/json": {
		Schema: document.Components.Schemas.Schema(reflect.TypeFor[ContactImport](), true, "")}}}
	document.Paths[prefix+"/contact-imports/{id}/errors.csv"].Get.Parameters = []*huma.Param{{Name: "id", In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}}}
}

// ContactImport is a sheet read into the contacts.
type ContactImport struct {
	ID         db.ID                `json:"id"`
	FileName   string               `json:"file_name"`
	By         string               `json:"by" doc:"who gave the sheet"`
	State      contact.ImportState  `json:"state" enum:"draft,running,done,stopped,failed"`
	Headers    []string             `json:"headers"`
	Rules      contact.ImportRules  `json:"rules"`
	Total      int64                `json:"total" doc:"rows the file seems to have; 0: unknown"`
	Part       float64              `json:"part" doc:"of the file read, 0 to 1"`
	Counts     contact.ImportCounts `json:"counts"`
	Problem    string               `json:"problem" doc:"why the sheet broke off, in words"`
	CreatedAt  int64                `json:"created_at"`
	FinishedAt *int64               `json:"finished_at"`
}

func contactImportOf(ctx context.Context, i contact.Import) ContactImport {
	out := ContactImport{ID: i.ID, FileName: i.FileName, By: i.By, State: i.State, Headers: i.Headers, Rules: i.Rules, Total: i.Total, Part: i.Part, Counts: i.Counts,
		CreatedAt: i.CreatedAt, FinishedAt: timeOrNull(i.FinishedAt)}
	if i.Problem != nil {
		out.Problem = words.Say(visitIn(ctx).locale, i.Problem.Code, i.Problem.Params)
	}
	return out
}

func (s *Server) uploadContacts(w http.ResponseWriter, r *http.Request) {
	s.upload(w, r, sheetUpload, func(name string, body io.Reader) (any, error) {
		i, err := s.rooms.Imports.Put(r.Context(), actorIn(r.Context()), name, body)
		return contactImportOf(r.Context(), i), err
	})
}

func (s *Server) listContactImports(ctx context.Context, actor account.Actor, _ *noInput) (Items[ContactImport], error) {
	all, err := s.rooms.Imports.List(ctx, actor)
	out := Items[ContactImport]{Items: make([]ContactImport, len(all))}
	for i, one := range all {
		out.Items[i] = contactImportOf(ctx, one)
	}
	return out, err
}

func (s *Server) readContactImport(ctx context.Context, actor account.Actor, in *ByID) (ContactImport, error) {
	i, err := s.rooms.Imports.Get(ctx, actor, in.ID.ID)
	return contactImportOf(ctx, i), err
}

// ContactImportRow is one of the first rows of a sheet.
type ContactImportRow struct {
	Row     int      `json:"row" doc:"as the spreadsheet program numbers it"`
	Cells   []string `json:"cells" doc:"one per header"`
	Phone   string   `json:"phone" doc:"as people read it; empty when the row would be left out"`
	Exists  bool     `json:"exists" doc:"somebody has this number already"`
	Problem string   `json:"problem" doc:"why the row would be left out, in words"`
}

type contactImportRules struct {
	ByID
	Body contact.ImportRules
}

func (s *Server) previewContactImport(ctx context.Context, actor account.Actor, in *contactImportRules) (Items[ContactImportRow], error) {
	rows, err := s.rooms.Imports.Preview(ctx, actor, in.ID.ID, in.Body)
	out := Items[ContactImportRow]{Items: make([]ContactImportRow, len(rows))}
	for i, row := range rows {
		out.Items[i] = ContactImportRow{Row: row.Row, Cells: row.Cells, Phone: row.Phone, Exists: row.Exists}
		if row.Problem != nil {
			out.Items[i].Problem = words.Say(visitIn(ctx).locale, row.Problem.Code, row.Problem.Params)
		}
	}
	return out, err
}

func (s *Server) startContactImport(ctx context.Context, actor account.Actor, in *contactImportRules) (ContactImport, error) {
	i, err := s.rooms.Imports.Start(ctx, actor, in.ID.ID, in.Body)
	return contactImportOf(ctx, i), err
}

func (s *Server) stopContactImport(ctx context.Context, actor account.Actor, in *ByID) (ContactImport, error) {
	i, err := s.rooms.Imports.Stop(ctx, actor, in.ID.ID)
	return contactImportOf(ctx, i), err
}

func (s *Server) contactImportErrors(w http.ResponseWriter, r *http.Request) {
	ctx, actor := r.Context(), actorIn(r.Context())
	id, err := db.ParseID(r.PathValue("id"))
	if err != nil {
		id = 0 // which no import has
	}
	i, err := s.rooms.Imports.Get(ctx, actor, id)
	if err != nil {
		s.writeProblem(w, r, err)
		return
	}
	download(w, "text/csv; charset=utf-8", "recado-errors.csv")
	locale := visitIn(ctx).locale
	err = s.rooms.Imports.WriteProblems(ctx, w, i, func(code string, params map[string]any) string { return words.Say(locale, code, params) })
	if err != nil {
		s.log.ErrorContext(ctx, "the rows an import left out broke off", "import", id, "error", err)
	}
}

func (s *Server) contactModel(format string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		download(w, modelTypes[format], "recado-contacts."+format)
		if err := contact.ImportModel(w, visitIn(r.Context()).locale, format); err != nil {
			s.log.ErrorContext(r.Context(), "model sheet", "error", err)
		}
	}
}
