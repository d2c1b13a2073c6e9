package api

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"path"
	"reflect"
	"strconv"
	"strings"

	"recado/internal/account"
	"recado/internal/campaign"
	"recado/internal/db"
	"recado/internal/fault"

	"github.com/danielgtaylor/huma/v2"
)

// sheetUpload bounds the request that carries a sheet, in bytes: the largest sheet and its wrapping.
const sheetUpload = 257 << 20

func (s *Server) campaignFileRoutes() {
	see, edit := viewing(account.Campaigns), editing(account.Campaigns)
	raw(s, http.MethodPut, "/campaigns/{id}/file", about{Name: "putCampaignFile", Tag: "campaigns",
		Says: "The sheet, as the part “file” of a multipart form; answers the campaign with its headers and proposed columns"}, edit, s.putCampaignFile)
	raw(s, http.MethodGet, "/campaigns/{id}/errors.csv", about{Name: "downloadCampaignErrors", Tag: "campaigns", Says: "Rows left out, with the reason"}, see, s.campaignErrors)
	raw(s, http.MethodGet, "/campaigns/{id}/corrected.csv", about{Name: "downloadCorrectedSheet", Tag: "campaigns",
		Says: "The sheet as it counts now, as CSV: with its corrections, without the rows taken out"}, see, s.correctedSheet)
	raw(s, http.MethodGet, "/campaign-model.csv", about{Name: "downloadCampaignModelCSV", Tag: "campaigns", Says: "A sheet to fill in, as CSV"}, see, s.campaignModel("csv"))
	raw(s, http.MethodGet, "/campaign-model.xlsx", about{Name: "downloadCampaignModelXLSX", Tag: "campaigns", Says: "A sheet to fill in, as XLSX"}, see, s.campaignModel("xlsx"))
	s.describeCampaignFiles()
}

// describeCampaignFiles completes the document of the operations huma does not read itself.
func (s *Server) describeCampaignFiles() {
	document := s.api.OpenAPI()
	id := &huma.Param{Name: "id", In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}}
	upload := document.Paths[prefix+"/campaigns/{id}/file"].Put
	upload.Parameters = []*huma.Param{id, {Name: "version", In: "query", Description: "the one that was seen; 409 when somebody made another meanwhile", Schema: &huma.Schema{Type: huma.TypeInteger}}}
	upload.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"multipart/form-data": {Schema: &huma.Schema{
		Type: huma.TypeObject, Required: []string{"file"}, Properties: map[string]*huma.Schema{"file": {Type: huma.TypeString, Format: "binary"}}}}}}
	upload.Responses["200"] = &huma.Response{Description: "The campaign", Content: map[string]*huma.MediaType{"application/json": {
		Schema: document.Components.Schemas.Schema(reflect.TypeFor[Campaign](), true, "")}}}
	for _, file := range []string{"errors.csv", "corrected.csv"} {
		document.Paths[prefix+"/campaigns/{id}/"+file].Get.Parameters = []*huma.Param{id}
	}
}

// putCampaignFile streams the sheet into the store; the form is not kept in memory.
func (s *Server) putCampaignFile(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, sheetUpload)
	answer, err := s.takeSheet(r)
	if err != nil {
		if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
			err = fault.New(fault.TooLarge, "file.too_large", "The file is too large for its kind.").With("limit", tooLarge.Limit)
		}
		s.writeProblem(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = encode(w, answer) // the client may have gone; there is nobody to tell
}

func (s *Server) takeSheet(r *http.Request) (Campaign, error) {
	id, err := db.ParseID(r.PathValue("id"))
	if err != nil {
		return Campaign{}, fault.New(fault.NotFound, "campaign.not_found", "There is no such campaign.")
	}
	seen := int64(0)
	if text := r.URL.Query().Get("version"); text != "" {
		if seen, err = strconv.ParseInt(text, 10, 64); err != nil || seen < 0 {
			return Campaign{}, fault.New(fault.Invalid, "campaign.version", "The version is a whole number.").On("version")
		}
	}
	form, err := r.MultipartReader()
	if err != nil {
		return Campaign{}, noSheet(err)
	}
	for {
		part, err := form.NextPart()
		if err != nil {
			return Campaign{}, noSheet(err)
		}
		if part.FormName() != "file" {
			continue
		}
		actor := actorIn(r.Context())
		return s.shownCampaign(r.Context(), actor)(s.rooms.Campaign.PutFile(r.Context(), actor, id, seen, part.FileName(), part))
	}
}

func noSheet(cause error) error {
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(cause, &tooLarge) {
		return cause
	}
	return fault.New(fault.Invalid, "campaign.file_missing", "Add the sheet with the people to write to.").On("file").Because(cause)
}

func (s *Server) campaignErrors(w http.ResponseWriter, r *http.Request) {
	id, err := db.ParseID(r.PathValue("id"))
	if err != nil {
		s.writeProblem(w, r, fault.New(fault.NotFound, "campaign.not_found", "There is no such campaign."))
		return
	}
	body, name, err := s.rooms.Campaign.ErrorsFile(r.Context(), actorIn(r.Context()), id)
	if err != nil {
		s.writeProblem(w, r, err)
		return
	}
	defer body.Close()
	download(w, "text/csv; charset=utf-8", name)
	_, _ = io.Copy(w, body) // the client may have gone; there is nobody to tell
}

func (s *Server) correctedSheet(w http.ResponseWriter, r *http.Request) {
	id, err := db.ParseID(r.PathValue("id"))
	if err != nil {
		s.writeProblem(w, r, fault.New(fault.NotFound, "campaign.not_found", "There is no such campaign."))
		return
	}
	actor := actorIn(r.Context())
	c, err := s.rooms.Campaign.Get(r.Context(), actor, id)
	if err != nil {
		s.writeProblem(w, r, err)
		return
	}
	name := strings.TrimSuffix(c.Audience.FileName, path.Ext(c.Audience.FileName)) + "-corrected.csv"
	s.streamCSV(w, r, name, func(out io.Writer) error { return s.rooms.Campaign.WriteCorrected(r.Context(), actor, id, out) })
}

// modelTypes are the media types of sheets to fill in, by format.
var modelTypes = map[string]string{"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}

func (s *Server) campaignModel(format string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		download(w, modelTypes[format], "recado."+format)
		if err := campaign.Model(w, visitIn(r.Context()).locale, format); err != nil {
			s.log.ErrorContext(r.Context(), "model sheet", "error", err)
		}
	}
}

func download(w http.ResponseWriter, kind, name string) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
}
