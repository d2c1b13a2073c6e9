package api_test

import (
	"testing"

	"recado/internal/api"
	"recado/internal/api/apitest"
	"recado/internal/db"
	"recado/internal/db/dbtest"
)

// TestHoursRefused: hours that cannot be are refused at their field, in words, and what was kept stays.
func TestHoursRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := apitest.New(t, d, api.Options{})
		path := "/inboxes/" + newInbox(t, w, w.Home.Workspace.ID, "Ventas", "5531985554090").ID.String() + "/hours"
		put := func(days, holidays string) apitest.Answer {
			return w.Call(t, "owner", "PUT", path, `{"version":0,"time_zone":"America/Sao_Paulo","always":false,"days":`+days+`,"holidays":`+holidays+
				`,"unavailable":{"on":false,"text":"","notify":false,"language":""}}`)
		}
		const shut, office = `[[],[],[],[],[],[],[]]`, `[[],[{"from":"09:00","to":"18:00"}],[],[],[],[],[]]`
		for name, one := range map[string]struct{ days, holidays, code, field string }{
			"two at a time":     {`[[],[{"from":"09:00","to":"13:00"},{"from":"12:00","to":"18:00"}],[],[],[],[],[]]`, `[]`, "hours.overlap", "days.1.1.from"},
			"across midnight":   {`[[],[{"from":"22:00","to":"02:00"}],[{"from":"01:00","to":"03:00"}],[],[],[],[]]`, `[]`, "hours.overlap", "days.2.0.from"},
			"24:30":             {`[[],[{"from":"09:00","to":"24:30"}],[],[],[],[],[]]`, `[]`, "hours.to", "days.1.0.to"},
			"31/02":             {shut, `[{"date":"31/02","name":"Nunca","intervals":[]}]`, "hours.date", "holidays.0.date"},
			"a holiday's 24:30": {shut, `[{"date":"01/05","name":"Trabajo","intervals":[{"from":"09:00","to":"24:30"}]}]`, "hours.to", "holidays.0.intervals.0.to"},
		} {
			a := put(one.days, one.holidays)
			if p := read[api.Problem](t, a, 422); p.Code != one.code || p.Field != one.field || p.Detail == "" {
				t.Errorf("%s: %+v", name, p)
			}
		}
		if kept := read[api.NumberHours](t, w.Call(t, "owner", "GET", path, ""), 200); kept.Version != 0 || !kept.Always {
			t.Errorf("kept: %+v", kept)
		}
		if kept := read[api.NumberHours](t, put(office, `[{"date":"29/2","name":"Bisiesto","intervals":[]}]`), 200); kept.Days[1][0].To != "18:00" || kept.Holidays[0].Date != "29/02" {
			t.Errorf("kept: %+v", kept)
		}
	})
}
