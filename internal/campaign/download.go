package campaign

import (
	"context"
	"io"

	"recado/internal/account"
	"recado/internal/db"
	"recado/internal/fault"
	"recado/internal/sheet"
)

// ErrorsFile opens the file of rows the last check left out, with their reasons; the caller closes it.
func (r *Room) ErrorsFile(ctx context.Context, actor account.Actor, id db.ID) (body io.ReadCloser, name string, err error) {
	c, err := r.Get(ctx, actor, id)
	if err != nil {
		return nil, "", err
	}
	if c.Check.ErrorsFile == 0 {
		return nil, "", fault.New(fault.NotFound, "campaign.no_errors_file", "The last check left no row out.")
	}
	file, err := r.Files.Get(ctx, actor.Workspace, c.Check.ErrorsFile)
	if err != nil {
		return nil, "", err
	}
	body, err = r.Files.Open(ctx, file)
	return body, file.Name, err
}

// modelRows are the model sheet: header and an example per language of its reader. The examples name numbers, templates and
// queues of the demo, so that there the sheet can be uploaded as it is.
var modelRows = map[string][][]string{
	"es":    {{"telefono", "remitente", "plantilla", "idioma", "nombre", "{{1}}", "{{2}}", "agente_email", "cola"}, {"+55 31 95550-0001", "Ventas", "promo_primavera", "es", "Ana", "Ana", "20 %", "", "Ventas"}},
	"pt-BR": {{"telefone", "remetente", "modelo", "idioma", "nome", "{{1}}", "{{2}}", "agente_email", "fila"}, {"+55 31 95550-0001", "Vendas", "oferta_semana", "pt_BR", "Ana", "Ana", "15%", "", "Vendas"}},
	"en":    {{"phone", "sender", "template", "language", "name", "{{1}}", "{{2}}", "agent_email", "queue"}, {"+55 31 95550-0001", "Ventas", "promo_primavera", "es", "Ana", "Ana", "20 %", "", "Ventas"}},
}

// Model writes a sheet to fill in, with headers that map by themselves. format is csv or xlsx.
func Model(w io.Writer, locale, format string) error {
	rows, ok := modelRows[locale]
	if !ok {
		rows = modelRows["es"]
	}
	return sheet.Template(w, rows[0], rows[1:], sheet.Format(format))
}
