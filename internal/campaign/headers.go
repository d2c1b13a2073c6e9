package campaign

import (
	"fmt"
	"regexp"
	"strings"

	"recado/internal/sheet"
)

// field names a column that has a meaning of its own.
type field string

const (
	fieldPhone    field = "phone"
	fieldSender   field = "sender"
	fieldTemplate field = "template"
	fieldLanguage field = "language"
	fieldAgent    field = "agent_email"
	fieldQueue    field = "queue"
	fieldName     field = "name"
)

var fields = []field{fieldPhone, fieldSender, fieldTemplate, fieldLanguage, fieldAgent, fieldQueue, fieldName}

// synonyms are the headers people write, folded (see sheet.FoldHeader), in Spanish, Portuguese and English.
var synonyms = func() map[string]field {
	all := map[field]string{
		fieldPhone: `phone telefono telefone celular movil mobile cell whatsapp wa to contact contacto contato para
			destinatario recipient number numero msisdn fone tel phone_number telefono_celular numero_de_telefono
			numero_do_telefone numero_de_whatsapp numero_telefono cellphone telefone_celular whatsapp_number`,
		fieldSender: `sender from remitente remetente emisor emissor sender_number from_number numero_remitente
			numero_remetente de origen origem linea linha numero_de_envio numero_emisor numero_emissor business_number`,
		fieldTemplate: `template plantilla modelo template_name nombre_de_la_plantilla nombre_plantilla nome_do_modelo
			nome_modelo mensaje_modelo hsm plantilla_nombre`,
		fieldLanguage: `language lang idioma lengua lingua template_language idioma_plantilla idioma_do_modelo locale
			idioma_de_la_plantilla`,
		fieldAgent: `agent_email agent agente email_agente correo_agente email_del_agente correo_del_agente
			email_do_agente asistente atendente email_atendente agente_email assignee correo_asistente`,
		fieldQueue: `queue cola fila team equipo equipe queue_name cola_de_atencion fila_de_atendimento`,
		fieldName: `name nombre nome full_name nombre_completo nome_completo contact_name nombre_contacto
			nome_do_contato cliente nombre_del_cliente nome_do_cliente customer customer_name first_name`,
	}
	out := map[string]field{}
	for f, words := range all {
		for _, word := range strings.Fields(words) {
			out[word] = f
		}
	}
	return out
}()

var (
	numberedHeader = regexp.MustCompile(`^(?:\{\{\s*)?(?:v|var|variable|param|parametro|campo|body)?_?(\d{1,2})(?:\s*\}\})?$`)
	bracedHeader   = regexp.MustCompile(`^\{\{\s*([a-z0-9_]+)\s*\}\}$`)
	placedHeader   = regexp.MustCompile(`^(body|header|button|encabezado|cabecalho|boton|botao|cuerpo|corpo)[._](\w+)$`)
)

var placeWords = map[string]string{"encabezado": "header", "cabecalho": "header", "boton": "button", "botao": "button", "cuerpo": "body", "corpo": "body"}

// mapHeaders proposes what each column holds. Every header is used once; the first that fits a field gets it. What is
// left over are values of the template: by the number or name in the header, else by their order.
func mapHeaders(headers []string) Columns {
	c := Columns{Variables: map[string]string{}}
	var rest []string
	numbered := false
	for _, header := range headers {
		folded := sheet.FoldHeader(header)
		if key := variableKey(header, folded); key != "" {
			if _, taken := c.Variables[key]; !taken {
				c.Variables[key] = header
				numbered = numbered || isNumber(key)
			}
			continue
		}
		if f, ok := synonyms[folded]; ok && c.of(f) == "" {
			*c.at(f) = header
			continue
		}
		rest = append(rest, header)
	}
	for i, header := range rest {
		if key := sheet.FoldHeader(header); key != "" && c.Variables[key] == "" {
			c.Variables[key] = header
		}
		if !numbered {
			c.Variables[fmt.Sprint(i+1)] = header
		}
	}
	c.ByPosition = !numbered && len(rest) > 0
	return c
}

// withByHand brings into what is proposed for a new sheet what a person chose otherwise than was proposed for the one before, as far as
// the new sheet has those columns. A column chosen by hand is proposed for nothing else.
func (c Columns) withByHand(chosen Columns, before, headers []string) Columns {
	proposed := mapHeaders(before)
	byHand := func(was, now string) bool { return was != now && (now == "" || indexOf(headers, now) >= 0) }
	for _, f := range fields {
		if header := chosen.of(f); byHand(proposed.of(f), header) {
			for _, other := range fields {
				if header != "" && c.of(other) == header {
					*c.at(other) = ""
				}
			}
			*c.at(f) = header
		}
	}
	for key, header := range chosen.Variables {
		if byHand(proposed.Variables[key], header) {
			c.Variables[key] = header
		}
	}
	for key := range proposed.Variables {
		if chosen.Variables[key] == "" {
			delete(c.Variables, key)
		}
	}
	return c
}

// variableKey reads headers such as {{1}}, 1, var 2, {{nombre}}, header.1, botón 0; "" for any other.
func variableKey(header, folded string) string {
	plain := strings.ToLower(strings.TrimSpace(header))
	for _, text := range []string{plain, folded} {
		if m := numberedHeader.FindStringSubmatch(text); m != nil {
			return strings.TrimLeft(m[1][:len(m[1])-1], "0") + m[1][len(m[1])-1:]
		}
		if m := bracedHeader.FindStringSubmatch(text); m != nil {
			return m[1]
		}
		if m := placedHeader.FindStringSubmatch(text); m != nil {
			place := m[1]
			if word, ok := placeWords[place]; ok {
				place = word
			}
			return place + "." + m[2]
		}
	}
	return ""
}

func isNumber(text string) bool { return text != "" && strings.Trim(text, "0123456789") == "" }

// at gives the place of a field.
func (c *Columns) at(f field) *string {
	switch f {
	case fieldPhone:
		return &c.Phone
	case fieldSender:
		return &c.Sender
	case fieldTemplate:
		return &c.Template
	case fieldLanguage:
		return &c.Language
	case fieldAgent:
		return &c.AgentEmail
	case fieldQueue:
		return &c.Queue
	}
	return &c.Name
}

func (c *Columns) of(f field) string { return *c.at(f) }
