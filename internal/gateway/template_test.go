package gateway

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"recado/internal/channel"
	"recado/internal/db"
	"recado/internal/fault"
	"recado/internal/media"
	"recado/internal/simulator"
	"recado/internal/template"
)

func noticeDraft(name string) template.Draft {
	return template.Draft{Name: name, Language: "es", Category: "UTILITY", Body: "Hola {{1}}, tu pedido ya está listo.",
		Buttons: []template.DraftButton{{Kind: "quick_reply", Text: "Gracias"}}, Examples: map[string]string{"body.1": "Ana"}}
}

// is waits until a template has a status.
func (h *house) is(id db.ID, status string) {
	h.t.Helper()
	h.eventually(func() error {
		got, err := h.rooms.Templates.Get(h.t.Context(), h.workspace, id)
		if err == nil && got.Status != status {
			err = fmt.Errorf("the template is %s, want %s", got.Status, status)
		}
		return err
	})
}

func (h *house) submit(id db.ID, d template.Draft) (template.Template, error) {
	h.t.Helper()
	return h.gate.SubmitTemplate(h.t.Context(), h.actor, h.box.ID, id, d.Clean())
}

// sync reads the provider's list, as the booked look does once what we did is old enough.
func (h *house) sync() {
	h.t.Helper()
	h.must(h.d.Write(h.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, "update templates set touched_at = touched_at - 600000 where touched_at > 0")
		return err
	}))
	_, err := h.gate.SyncTemplates(h.t.Context(), h.box.ID)
	h.must(err)
}

func TestTemplateLives(t *testing.T) {
	each(t, func(t *testing.T, first, _ func() *db.DB) {
		o := newOutside(t, simulator.Config{ReviewDelay: time.Second})
		h := open(t, o, first(), Config{}).run()
		defer func() { h.stop() }()
		_, err := h.gate.SyncTemplates(t.Context(), h.box.ID)
		h.must(err)
		var made template.Template

		t.Run("a new one is reviewed and approved", func(t *testing.T) {
			var err error
			made, err = h.submit(0, noticeDraft("pedido_listo"))
			if err != nil || made.ExternalID == "" {
				t.Fatal(made, err)
			}
			h.is(made.ID, template.Approved)
		})
		t.Run("the same name and language is not made twice, another language is", func(t *testing.T) {
			if _, err := h.submit(0, noticeDraft("pedido_listo")); !fault.Is(err, "template.exists") {
				t.Errorf("got %v", err)
			}
			other := noticeDraft("pedido_listo")
			other.Language = "pt_BR"
			two, err := h.submit(0, other)
			if err != nil || two.ID == made.ID {
				t.Fatal(two, err)
			}
			h.is(two.ID, template.Approved)
		})
		t.Run("an approved one is changed once a day, its category and name never", func(t *testing.T) {
			d := noticeDraft("pedido_listo")
			d.Category = "MARKETING"
			if _, err := h.submit(made.ID, d); !fault.Is(err, "template.category_stays") {
				t.Errorf("category: %v", err)
			}
			if _, err := h.submit(made.ID, noticeDraft("otro_nombre")); !fault.Is(err, "template.name_stays") {
				t.Errorf("name: %v", err)
			}
			d = noticeDraft("pedido_listo")
			d.Body = "Hola {{1}}, tu pedido ya salió."
			changed, err := h.submit(made.ID, d)
			if err != nil || changed.Shape().Body.Text != d.Body || changed.ExternalID != made.ExternalID {
				t.Fatal(changed, err)
			}
			h.is(made.ID, template.Approved)
			if _, err := h.submit(made.ID, d); !fault.Is(err, "template.edited_today") {
				t.Errorf("again: %v", err)
			}
			h.sync()
			if now, err := h.rooms.Templates.Get(t.Context(), h.workspace, made.ID); err != nil || now.Shape().Body.Text != d.Body {
				t.Errorf("the provider has %+v, %v", now, err)
			}
		})
		t.Run("a refusal of the reviewers comes with its reason, and can be mended", func(t *testing.T) {
			d := noticeDraft("premio")
			d.Body = "Hola {{1}}, el casino te espera hoy."
			bad, err := h.submit(0, d)
			h.must(err)
			h.is(bad.ID, template.Rejected)
			mended, err := h.submit(bad.ID, noticeDraft("premio"))
			if err != nil || mended.ID != bad.ID {
				t.Fatal(mended, err)
			}
			h.is(bad.ID, template.Approved)
		})
		t.Run("a header that is a file takes a sample along", func(t *testing.T) {
			file, err := h.rooms.Media.Save(t.Context(), h.workspace, "lista.pdf", strings.NewReader("%PDF-1.7\n1 0 obj\n"),
				[]media.Limit{{Kind: channel.Document, Mimes: []string{"application/pdf"}, Bytes: 1000}})
			h.must(err)
			d := noticeDraft("con_lista")
			d.Header = &template.DraftHeader{Format: "IMAGE", File: file.ID}
			if _, err := h.submit(0, d); !fault.Is(err, "template_draft.file") {
				t.Errorf("a PDF as a picture: %v", err)
			}
			d.Header.Format = "DOCUMENT"
			with, err := h.submit(0, d)
			if err != nil || with.Sample != file.ID {
				t.Fatal(with, err)
			}
			h.is(with.ID, template.Approved)
		})
		t.Run("one language is deleted, then all; the provider keeps the name", func(t *testing.T) {
			h.must(h.gate.DeleteTemplate(t.Context(), h.actor, made.ID, false))
			h.is(made.ID, template.Deleted)
			all, err := h.rooms.Templates.List(t.Context(), h.workspace)
			h.must(err)
			for _, one := range all {
				if one.Name == "pedido_listo" {
					h.must(h.gate.DeleteTemplate(t.Context(), h.actor, one.ID, true))
				}
			}
			if err := h.gate.DeleteTemplate(t.Context(), h.actor, made.ID, true); fault.KindOf(err) != fault.NotFound {
				t.Errorf("again: %v", err)
			}
			_, err = h.submit(0, noticeDraft("pedido_listo"))
			if !fault.Is(err, "template.refused_2388023") {
				t.Fatalf("got %v", err)
			}
			if f, _ := errors.AsType[*fault.Error](err); f.Field != "name" {
				t.Errorf("on %q", f.Field)
			}
		})
		t.Run("what the provider refused is kept as a draft, and taken out without asking it", func(t *testing.T) {
			all, err := h.rooms.Templates.List(t.Context(), h.workspace)
			h.must(err)
			var draft template.Template
			for _, one := range all {
				if one.Name == "pedido_listo" {
					draft = one
				}
			}
			if draft.Status != template.Unsent {
				t.Fatalf("got %+v", draft)
			}
			h.sync()
			h.is(draft.ID, template.Unsent)
			renamed, err := h.submit(draft.ID, noticeDraft("pedido_pronto"))
			if err != nil || renamed.ID != draft.ID {
				t.Fatal(renamed, err)
			}
			h.is(draft.ID, template.Approved)
		})
	})
}

func TestTemplateInterrupted(t *testing.T) {
	each(t, func(t *testing.T, first, _ func() *db.DB) {
		o := newOutside(t, simulator.Config{ReviewDelay: time.Second})
		h := open(t, o, first(), Config{}).run()
		defer func() { h.stop() }()
		begun := func(name string) template.Submission {
			t.Helper()
			var s template.Submission
			h.must(h.d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
				s, err = h.rooms.Templates.BeginIn(ctx, tx, h.workspace, channel.WhatsApp, simulator.DemoAccountAurora, 0, noticeDraft(name).Clean())
				return err
			}))
			return s
		}

		t.Run("the node dies after the provider took it: the list brings it, once", func(t *testing.T) {
			s := begun("tomada")
			m, err := h.gate.maker(t.Context(), h.workspace, h.box.ID)
			h.must(err)
			_, err = m.submit(t.Context(), h.gate, s)
			h.must(err)
			if _, err := h.submit(0, noticeDraft("tomada")); !fault.Is(err, "template.submitting") {
				t.Errorf("meanwhile: %v", err)
			}
			h.sync()
			h.is(s.Template.ID, template.Approved)
			if n := h.count("select count(*) from templates where name = $1", "tomada"); n != 1 {
				t.Errorf("%d of them", n)
			}
		})
		t.Run("the node dies before: it is a draft that says so, and can be handed over again", func(t *testing.T) {
			s := begun("perdida")
			h.sync()
			got, err := h.rooms.Templates.Get(t.Context(), h.workspace, s.Template.ID)
			if err != nil || got.Status != template.Unsent || got.Reason != template.Unconfirmed {
				t.Fatal(got, err)
			}
			again, err := h.submit(got.ID, noticeDraft("perdida"))
			if err != nil || again.Status == template.Unsent {
				t.Fatal(again, err)
			}
			h.is(again.ID, template.Approved)
		})
		t.Run("the provider is not reached: the draft is kept", func(t *testing.T) {
			h.graph.CloseClientConnections()
			h.graph.Close()
			if _, err := h.submit(0, noticeDraft("sin_red")); !fault.Is(err, "template.unreached") {
				t.Errorf("got %v", err)
			}
			if n := h.count("select count(*) from templates where name = $1 and status = $2", "sin_red", template.Unsent); n != 1 {
				t.Errorf("%d drafts kept", n)
			}
		})
	})
}
