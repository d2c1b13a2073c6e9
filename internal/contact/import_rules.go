package contact

import (
	"io"
	"slices"
	"strings"

	"recado/internal/fault"
	"recado/internal/sheet"
)

// What becomes of people who are there already. Nothing takes a value away: an empty cell says nothing, and an opt-out or a block
// stays whatever a sheet says.
const (
	Fill      = "fill"      // the sheet's value where there is none yet
	Overwrite = "overwrite" // the sheet's value instead of the one there is
	Leave     = "leave"     // they stay as they are
)

// What a column can hold besides one of Fields.
const (
	ColumnPhone     = "phone"
	ColumnName      = "name"
	ColumnAttribute = "attribute" // a free attribute, named by the header
	ColumnNone      = ""          // left out
)

// ImportRules say how a sheet is read.
type ImportRules struct {
	Columns  []string `json:"columns"`  // what each column holds, in the order of the headers
	Existing string   `json:"existing"` // Fill, Overwrite or Leave
	Country  string   `json:"country"`  // where numbers without country code are from (ISO code in two letters); may be empty
}

// columnWords are the headers people write, folded (see sheet.FoldHeader), in Spanish, Portuguese and English.
var columnWords = func() map[string]string {
	all := map[string]string{
		ColumnPhone: `phone telefono telefone celular movil mobile cell whatsapp tel fone phone_number number numero msisdn
			numero_de_telefono numero_de_telefone numero_do_telefone numero_de_whatsapp telefono_celular telefone_celular
			cellphone whatsapp_number`,
		ColumnName: `name nombre nome full_name nombre_completo nome_completo contact contacto contato contact_name cliente
			customer nombre_del_cliente nome_do_cliente first_name`,
		FieldEmail:      `email e_mail mail correo correo_electronico correio email_address endereco_de_email`,
		FieldCity:       `city ciudad cidade localidad municipio`,
		FieldDocument:   `document documento dni cpf cnpj cuit cuil rut rfc nit cedula identity_document documento_de_identidad`,
		FieldExternalID: `external_id id codigo code customer_id id_externo client_id id_cliente id_do_cliente codigo_cliente id_en_tu_sistema`,
		ColumnNone: `contact_id id_de_contacto id_do_contato username usuario last_contact ultimo_contacto ultimo_contato no_marketing_since
			sin_promociones_desde sem_promocoes_desde blocked_since bloqueado_desde`, // an export's own (ExportHeaders)
	}
	out := map[string]string{}
	for column, headers := range all {
		for _, header := range strings.Fields(headers) {
			out[header] = column
		}
	}
	return out
}()

// proposeColumns tells what each column holds by its header; the first that fits a field gets it, all others are attributes.
func proposeColumns(headers []string) []string {
	out := make([]string, len(headers))
	for i, header := range headers {
		column, known := columnWords[sheet.FoldHeader(header)]
		if !known || column != ColumnNone && slices.Contains(out[:i], column) {
			column = ColumnAttribute
		}
		out[i] = column
	}
	return out
}

// check refuses rules that leave something open.
func (rules ImportRules) check(headers []string) error {
	if len(rules.Columns) != len(headers) {
		return fault.New(fault.Invalid, "contact.import_columns", "Say for each column of the sheet what it holds.").On("columns")
	}
	if !slices.Contains([]string{Fill, Overwrite, Leave}, rules.Existing) {
		return fault.New(fault.Invalid, "contact.import_existing", "Choose what happens to people who are there already.").On("existing")
	}
	known := append([]string{ColumnPhone, ColumnName, ColumnAttribute, ColumnNone}, Fields...)
	for i, column := range rules.Columns {
		if !slices.Contains(known, column) {
			return fault.New(fault.Invalid, "contact.import_columns", "Say for each column of the sheet what it holds.").On("columns")
		}
		free := column == ColumnAttribute || column == ColumnNone
		if !free && slices.Contains(rules.Columns[:i], column) {
			return fault.New(fault.Invalid, "contact.import_twice", "Two columns are said to hold the same. Choose one of them.").On("columns").With("column", headers[i])
		}
	}
	if !slices.Contains(rules.Columns, ColumnPhone) {
		return fault.New(fault.Invalid, "contact.import_no_phone", "Choose the column that holds the phone numbers.").On("columns")
	}
	return nil
}

// imported is somebody as a row tells of them.
type imported struct {
	row        int
	phone      Phone
	name       string
	attributes map[string]string
}

// read understands a row. Its failure is a fault in words.
func (rules ImportRules) read(headers []string, row sheet.Row) (imported, error) {
	p := imported{row: row.Number, attributes: map[string]string{}}
	if row.Surplus {
		return p, fault.New(fault.Invalid, "contact.import_surplus", "The row has more cells than there are headers.")
	}
	number := ""
	for i, column := range rules.Columns {
		if column != ColumnNone && slices.Contains(row.Uncalculated, i) {
			return p, fault.New(fault.Invalid, "contact.import_formula", "“%s” holds a formula without a result. Open and save the sheet in its program.", headers[i]).With("column", headers[i])
		}
		cell := strings.TrimSpace(row.Cells[i])
		switch column {
		case ColumnNone:
		case ColumnPhone:
			number = cell
		case ColumnName:
			p.name = strings.Clone(cell)
		case ColumnAttribute:
			column = headers[i]
			fallthrough
		default:
			if cell != "" {
				p.attributes[column] = strings.Clone(cell)
			}
		}
	}
	if number == "" {
		return p, fault.New(fault.Invalid, "contact.phone_empty", "The phone number is missing.").On("phone")
	}
	if len(p.attributes) > maxAttributes {
		return p, tooManyAttributes()
	}
	if err := (Change{Name: &p.name, Attributes: p.attributes}).check(); err != nil {
		return p, err
	}
	var err error
	if p.phone, err = ParsePhone(number, rules.Country); err != nil {
		return p, phoneFault(err)
	}
	return p, nil
}

// onto gives a person as they are with the row; existing is the rule for them.
func (p imported) onto(c Contact, existing string) Contact {
	change := Change{Attributes: map[string]string{}}
	takes := func(before string) bool { return existing == Overwrite || existing == Fill && before == "" }
	if p.name != "" && takes(c.Name) {
		change.Name = &p.name
	}
	for name, value := range p.attributes {
		if takes(c.Attributes[cleanName(name)]) {
			change.Attributes[name] = value
		}
	}
	return change.applied(c)
}

// importModels are the model sheet: headers that map by themselves and an example, per language of its reader.
var importModels = map[string][][]string{
	"es":    {{"telefono", "nombre", "email", "ciudad", "documento", "id_externo", "plan"}, {"+55 31 95550-0001", "Ana Ejemplo", "ana@example.com", "Córdoba", "12.345.678", "C-1001", "oro"}},
	"pt-BR": {{"telefone", "nome", "email", "cidade", "documento", "id_externo", "plano"}, {"+55 31 95550-0001", "Ana Exemplo", "ana@example.com", "Belo Horizonte", "12.345.678", "C-1001", "ouro"}},
	"en":    {{"phone", "name", "email", "city", "document", "external_id", "plan"}, {"+55 31 95550-0001", "Ana Example", "ana@example.com", "Belo Horizonte", "12.345.678", "C-1001", "gold"}},
}

// exportHeaders name the columns of an export in the order of ExportCells; an import knows them all.
var exportHeaders = map[string][]string{
	"es":    {"telefono", "nombre", "email", "ciudad", "documento", "id_externo", "usuario", "ultimo_contacto", "sin_promociones_desde", "bloqueado_desde", "id_de_contacto"},
	"pt-BR": {"telefone", "nome", "email", "cidade", "documento", "id_externo", "usuario", "ultimo_contato", "sem_promocoes_desde", "bloqueado_desde", "id_do_contato"},
	"en":    {"phone", "name", "email", "city", "document", "external_id", "username", "last_contact", "no_marketing_since", "blocked_since", "contact_id"},
}

// ImportModel writes a sheet to fill in. format is csv or xlsx.
func ImportModel(w io.Writer, locale, format string) error {
	rows, ok := importModels[locale]
	if !ok {
		rows = importModels["es"]
	}
	return sheet.Template(w, rows[0], rows[1:], sheet.Format(format))
}
