package notice_test

import (
	"context"
	"testing"

	"recado/internal/account"
	"recado/internal/conversation"
	"recado/internal/db"
	"recado/internal/db/dbtest"
	"recado/internal/event"
	"recado/internal/fault"
	"recado/internal/inbox"
	"recado/internal/notice"
)

// sounded tells whether the newest thing told is heard.
func (h *house) sounded() bool {
	h.t.Helper()
	h.must(h.room.MarkRead(h.t.Context(), h.ana, h.talk))
	h.hears(conversation.MessageReceived, answer)
	text, err := db.One[string](h.t.Context(), h.d, "select data_json from events where workspace_id = $1 and kind = $2 order by seq desc limit 1", h.workspace, notice.Told)
	h.must(err)
	f, err := event.Decode[notice.ToldFact](event.Event{Data: []byte(text)})
	h.must(err)
	return f.Sound
}

func TestSound(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		company := func(text string) {
			h.write(func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, "insert into attention (workspace_id, settings_json) values ($1, $2) on conflict (workspace_id) do update set settings_json = excluded.settings_json", h.workspace, text)
				return err
			})
		}
		number := func(own inbox.Attention) {
			h.write(func(ctx context.Context, tx *db.Tx) error {
				_, err := h.inboxes.SetAttentionIn(ctx, tx, account.System(h.workspace), h.box, own, -1)
				return err
			})
		}
		choose := func(sound *bool) {
			h.must(h.room.Set(t.Context(), h.ana, notice.Settings{Answered: true, Sound: sound}))
		}
		for _, one := range []struct {
			name    string
			company string
			own     inbox.Attention
			choice  *bool
			want    bool
		}{
			{"nobody chose anything", "", inbox.Attention{}, nil, true},
			{"the company is silent, who chose nothing hears nothing", `{"sound":false}`, inbox.Attention{}, nil, false},
			{"the number is heard in a silent company", `{"sound":false}`, inbox.Attention{Sound: new(true)}, nil, true},
			{"each person may change theirs", `{"sound":false}`, inbox.Attention{}, new(true), true},
			{"and to silence as well", "", inbox.Attention{}, new(false), false},
			{"a number that lets nobody choose is heard by all", "", inbox.Attention{SoundOwn: new(false)}, new(false), true},
			{"a company that lets nobody choose is silent for all", `{"sound":false,"sound_own":false}`, inbox.Attention{}, new(true), false},
			{"but for a number that does", `{"sound":false,"sound_own":false}`, inbox.Attention{SoundOwn: new(true)}, new(true), true},
		} {
			t.Run("B170 "+one.name, func(t *testing.T) {
				company("")
				choose(one.choice)
				company(one.company)
				number(one.own)
				if got := h.sounded(); got != one.want {
					t.Errorf("heard: %v", got)
				}
			})
		}
		t.Run("B170 where nobody may choose, another choice is refused in words and the rest is kept", func(t *testing.T) {
			number(inbox.Attention{})
			company(`{"sound_own":false}`)
			if err := h.room.Set(t.Context(), h.ana, notice.Settings{Sound: new(false)}); !fault.Is(err, "attention.sound") || fault.KindOf(err) != fault.Forbidden {
				t.Error(err)
			}
			h.must(h.room.Set(t.Context(), h.ana, notice.Settings{Sound: new(true), Mentioned: true}))
			if s, err := h.room.SettingsOf(t.Context(), h.ana); err != nil || !s.Mentioned {
				t.Errorf("%+v %v", s, err)
			}
		})
	})
}
