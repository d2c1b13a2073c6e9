package simulator

import "encoding/json"

// Ids of the demo accounts and their numbers. They never change: scripts and the demo workspace rely on them.
const (
	DemoAccountAurora       = "1090010010010010"
	DemoAccountAuroraBrasil = "1090010010010020"

	DemoNumberVentas    = "2090010010010011" // +55 31 95550-1001
	DemoNumberSoporte   = "2090010010010012" // +52 55 5550 1002
	DemoNumberCobranzas = "2090010010010013" // +54 9 11 5550-1003
	DemoNumberVendas    = "2090010010010021" // +55 11 95550-2001
)

// DemoAccounts returns the fixed demo set: two accounts, four numbers, ten templates in every state.
func DemoAccounts() []Account {
	return []Account{
		{
			ID: DemoAccountAurora, Name: "Tienda Aurora", Country: "BR", Currency: "USD", Timezone: "25",
			Numbers: []Number{
				{ID: DemoNumberVentas, Display: "+55 31 95550-1001", Name: "Tienda Aurora Ventas", PIN: "482913"},
				{ID: DemoNumberSoporte, Display: "+52 55 5550 1002", Name: "Tienda Aurora Soporte", PIN: "482913"},
				{ID: DemoNumberCobranzas, Display: "+54 9 11 5550-1003", Name: "Tienda Aurora Cobranzas", PIN: "482913"},
			},
			Templates: demoTemplatesAurora(),
		},
		{
			ID: DemoAccountAuroraBrasil, Name: "Aurora Brasil", Country: "BR", Currency: "BRL", Timezone: "25",
			Numbers: []Number{
				{ID: DemoNumberVendas, Display: "+55 11 95550-2001", Name: "Aurora Brasil Vendas", PIN: "482913"},
			},
			Templates: demoTemplatesBrasil(),
		},
	}
}

func demoTemplatesAurora() []Template {
	return []Template{
		{ID: "7090010010010001", Name: "promo_primavera", Language: "es", Category: "MARKETING", Quality: "GREEN",
			Components: []Component{
				header("Primavera en Aurora"),
				body("Hola {{1}}, esta semana tienes {{2}} de descuento en toda la tienda.", "Ana", "20 %"),
				footer("Responde BAJA para no recibir promociones"),
				quick("Quiero saber más", "No, gracias"),
			}},
		{ID: "7090010010010002", Name: "recordatorio_pago", Language: "es", Category: "UTILITY", Quality: "GREEN",
			Components: []Component{
				body("Hola {{1}}, la cuota de $ {{2}} vence el {{3}}. Si ya pagaste, avísanos por aquí.", "Ana", "1.500", "30/11"),
				quick("Vamos a conversar", "Ya pagué"),
			}},
		{ID: "7090010010010003", Name: "envio_listo", Language: "es_MX", Category: "UTILITY", Format: "NAMED",
			Components: []Component{
				{Type: "BODY", Text: "Hola {{nombre}}, tu pedido {{pedido}} ya salió y llega en dos días.",
					Example: raw(`{"body_text_named_params":[{"param_name":"nombre","example":"Ana"},{"param_name":"pedido","example":"A-1043"}]}`)},
				{Type: "BUTTONS", Buttons: []Button{{Type: "URL", Text: "Seguir envío",
					URL: "https://tienda.example/s/{{1}}", Example: raw(`["https://tienda.example/s/A-1043"]`)}}},
			}},
		{ID: "7090010010010004", Name: "cupon_copia", Language: "es", Category: "MARKETING", Quality: "YELLOW",
			Components: []Component{
				body("Hola {{1}}, este cupón te espera hasta el domingo.", "Ana"),
				footer("Responde BAJA para no recibir promociones"),
				{Type: "BUTTONS", Buttons: []Button{{Type: "COPY_CODE", Text: "Copiar código", Example: raw(`["PRIMAVERA20"]`)}}},
			}},
		{ID: "7090010010010005", Name: "catalogo_pdf", Language: "es", Category: "UTILITY",
			Components: []Component{
				{Type: "HEADER", Format: "DOCUMENT", Example: raw(`{"header_handle":["4::Y2F0YWxvZ28ucGRm"]}`)},
				body("Hola {{1}}, aquí está el catálogo que pediste.", "Ana"),
			}},
		{ID: "7090010010010006", Name: "promo_pausada", Language: "es", Category: "MARKETING", Status: "PAUSED", Quality: "RED",
			Components: []Component{body("Hola {{1}}, llegaron las ofertas de la semana.", "Ana")}},
		{ID: "7090010010010007", Name: "en_revision", Language: "es", Category: "UTILITY", Status: "PENDING",
			Components: []Component{body("Tu turno quedó confirmado. Te esperamos en la tienda.")}},
		{ID: "7090010010010008", Name: "atendimento_esta_disponivel", Language: "pt_BR", Category: "UTILITY", Quality: "GREEN",
			Components: []Component{
				body("Oi! O nosso atendimento já está disponível. Quer continuar a conversa?"),
				quick("Sim", "Não"),
			}},
	}
}

func demoTemplatesBrasil() []Template {
	return []Template{
		{ID: "7090010010010021", Name: "oferta_semana", Language: "pt_BR", Category: "MARKETING", Quality: "GREEN",
			Components: []Component{
				body("Oi, {{1}}! Nesta semana a loja inteira está com {{2}} de desconto.", "Bia", "15%"),
				footer("Responda SAIR para não receber ofertas"),
				quick("Vamos conversar"),
			}},
		{ID: "7090010010010022", Name: "lembrete_pagamento", Language: "pt_BR", Category: "UTILITY", Quality: "GREEN",
			Components: []Component{body("Oi, {{1}}. A parcela de R$ {{2}} vence em {{3}}. Se já pagou, é só nos avisar.", "Bia", "150,00", "30/11")}},
	}
}

func header(text string) Component    { return Component{Type: "HEADER", Format: "TEXT", Text: text} }
func footer(text string) Component    { return Component{Type: "FOOTER", Text: text} }
func raw(text string) json.RawMessage { return json.RawMessage(text) }

// body makes a BODY with its positional examples.
func body(text string, examples ...string) Component {
	c := Component{Type: "BODY", Text: text}
	if len(examples) > 0 {
		c.Example, _ = json.Marshal(map[string]any{"body_text": [][]string{examples}})
	}
	return c
}

func quick(texts ...string) Component {
	c := Component{Type: "BUTTONS"}
	for _, text := range texts {
		c.Buttons = append(c.Buttons, Button{Type: "QUICK_REPLY", Text: text})
	}
	return c
}
