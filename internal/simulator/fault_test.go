package simulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

func TestEveryCodeCanBeAskedFor(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.RateLimit = -1 })
	for code, info := range codes {
		t.Run(fmt.Sprintf("%d at once", code), func(t *testing.T) {
			_, _ = w.AddFault(Fault{Kind: FaultCode, Code: code, Count: 1})
			if a := w.send(utility(ana)); a.status != info.status || a.code() != code {
				t.Errorf("answered %d with code %d, want %d", a.status, a.code(), info.status)
			}
		})
		if code == 0 {
			continue // an authentication error never comes later
		}
		t.Run(fmt.Sprintf("%d later", code), func(t *testing.T) {
			_, _ = w.AddFault(Fault{Kind: FaultAsyncCode, Code: code, Count: 1})
			id := w.send(utility(ana)).messageID()
			w.pass(3 * time.Second)
			equal(t, w.statuses(id), []string{fmt.Sprintf("failed:%d", code)})
		})
	}
}

func TestFaultsOfSends(t *testing.T) {
	for kind, want := range map[string][2]int{
		FaultRateLimit: {400, 130429}, FaultServerError: {500, 0}, FaultUnavailable: {503, 0}, FaultTokenRevoked: {401, 190},
		FaultAccountRestricted: {403, 368}, FaultMaintenance: {500, 131057}, FaultTemplatePaused: {400, 132015},
	} {
		t.Run(kind, func(t *testing.T) {
			w := newWorld(t)
			_, _ = w.AddFault(Fault{Kind: kind, Count: 2})
			for range 2 {
				if a := w.send(utility(ana)); a.status != want[0] || a.code() != want[1] {
					t.Errorf("answered %d with code %d, want %v", a.status, a.code(), want)
				}
			}
			if a := w.send(utility(ana)); a.status != 200 {
				t.Errorf("after two times: %d", a.status)
			}
		})
	}
	t.Run(FaultPaymentMissing, func(t *testing.T) {
		w := newWorld(t)
		_, _ = w.AddFault(Fault{Kind: FaultPaymentMissing, Count: 1})
		id := w.send(utility(ana)).messageID()
		w.pass(3 * time.Second)
		equal(t, w.statuses(id), []string{"failed:131042"})
	})
}

func TestFaultsCanBeLimited(t *testing.T) {
	t.Run("to a number", func(t *testing.T) {
		w := newWorld(t)
		_, _ = w.AddFault(Fault{Kind: FaultServerError, Number: DemoNumberSoporte})
		if a := w.send(utility(ana)); a.status != 200 {
			t.Errorf("another number: %d", a.status)
		}
		if a := w.call("POST", "/v27.0/"+DemoNumberSoporte+"/messages", utility(ana)); a.status != 500 {
			t.Errorf("this number: %d", a.status)
		}
	})
	t.Run("to a while", func(t *testing.T) {
		w := newWorld(t)
		_, _ = w.AddFault(Fault{Kind: FaultRateLimit, Duration: 60})
		w.pass(59 * time.Second)
		if a := w.send(utility(ana)); a.code() != 130429 {
			t.Errorf("within: %d", a.status)
		}
		w.pass(2 * time.Second)
		if a := w.send(utility(ana)); a.status != 200 {
			t.Errorf("after: %d", a.status)
		}
	})
	t.Run("by chance, the same with the same seed", func(t *testing.T) {
		run := func() (out []int) {
			w := newWorld(t, func(c *Config) { c.RateLimit = -1 })
			_, _ = w.AddFault(Fault{Kind: FaultRateLimit, Probability: 0.5})
			for range 40 {
				out = append(out, w.send(utility(ana)).status)
			}
			return out
		}
		a, b := run(), run()
		if fmt.Sprint(a) != fmt.Sprint(b) {
			t.Error("two runs differ")
		}
		if n := bytes.Count([]byte(fmt.Sprint(a)), []byte("400")); n < 8 || n > 32 {
			t.Errorf("%d of 40 struck", n)
		}
	})
	t.Run("until removed", func(t *testing.T) {
		w := newWorld(t)
		f, _ := w.AddFault(Fault{Kind: FaultRateLimit})
		_, _ = w.AddFault(Fault{Kind: FaultMaintenance})
		w.call("DELETE", fmt.Sprintf("/control/faults?id=%d", f.ID), nil)
		if a := w.send(utility(ana)); a.code() != 131057 {
			t.Errorf("code %d", a.code())
		}
		w.ClearFaults()
		if a := w.send(utility(ana)); a.status != 200 {
			t.Errorf("%d", a.status)
		}
	})
	t.Run("to kinds and values that exist", func(t *testing.T) {
		w := newWorld(t)
		for _, f := range []Fault{{Kind: "earthquake"}, {Kind: FaultCode, Probability: 2}, {Kind: FaultCode, Count: -1}, {Kind: FaultAsyncCode}} {
			if _, err := w.AddFault(f); err == nil {
				t.Errorf("%+v was accepted", f)
			}
		}
	})
}

func TestTimeoutsTellWhatWasAccepted(t *testing.T) {
	w := newWorld(t)
	front := httptest.NewServer(w.Server)
	defer front.Close()
	post := func(callback string) error {
		body := utility(ana)
		body["biz_opaque_callback_data"] = callback
		text, _ := json.Marshal(body)
		r, err := http.NewRequestWithContext(t.Context(), "POST", front.URL+"/v27.0/"+DemoNumberVentas+"/messages", bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", token)
		answer, err := http.DefaultClient.Do(r)
		if err == nil {
			_ = answer.Body.Close()
		}
		return err
	}
	_, _ = w.AddFault(Fault{Kind: FaultTimeoutBefore, Count: 1})
	if post("m_1") == nil {
		t.Error("the connection stayed open")
	}
	if got := len(w.Messages(Filter{Callback: "m_1"})); got != 0 {
		t.Errorf("%d accepted before", got)
	}
	_, _ = w.AddFault(Fault{Kind: FaultTimeoutAfter, Count: 1, Hold: 0.01})
	if post("m_2") == nil {
		t.Error("the connection stayed open")
	}
	sent := w.Messages(Filter{Callback: "m_2"})
	if len(sent) != 1 || sent[0].Recipient != ana || sent[0].Template != "atendimento_esta_disponivel" {
		t.Errorf("accepted %+v", sent)
	}
	w.pass(10 * time.Second)
	equal(t, w.statuses(sent[0].ID), []string{"sent", "delivered"})
}

func TestSendsAreCountedExactly(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.KeepLog = 3 })
	for _, one := range [][2]string{{"m_1", ana}, {"m_2", ana}, {"m_2", "5491155550112"}, {"", "5491155550113"}, {"m_1", ana}} {
		body := utility(one[1])
		if one[0] != "" {
			body["biz_opaque_callback_data"] = one[0]
		}
		w.send(body)
	}
	w.send(filled(ana, "none", "es"))
	s := w.Stats()
	if s.Accepted != 5 || s.Refused != 1 || s.DistinctCallbacks != 2 || s.DuplicateCallbacks != 2 || s.DistinctPairs != 3 || s.RepeatedPairs != 2 {
		t.Errorf("stats %+v", s)
	}
	if n := s.Numbers[DemoNumberVentas]; n.Accepted != 5 || n.Refused != 1 {
		t.Errorf("number %+v", n)
	}
	if all := w.Messages(Filter{}); len(all) != 3 || all[2].Callback != "m_1" || all[0].Callback != "m_2" {
		t.Errorf("log %+v", all)
	}
	a := w.call("GET", "/control/messages?recipient=%2B5491155550112&number="+DemoNumberVentas, nil)
	if list := a.body["messages"].([]any); len(list) != 1 {
		t.Errorf("filtered %s", a.raw)
	}
	w.Reset()
	if s := w.Stats(); s.Accepted != 0 || len(w.Messages(Filter{})) != 0 {
		t.Errorf("after reset %+v", s)
	}
}
