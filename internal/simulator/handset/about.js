// What can be switched about the customer on screen.
import { $, el, sheet } from "./dom.js";
import { ask, person } from "./api.js";
import { clock, day, refusal, t } from "./words.js";

// showAbout fills the side panel. act = {fail(error), refresh()}.
export function showAbout(p, number, now, act) {
  const th = p.threads.find((one) => one.number === number) || {};
  const does = (call) => async () => { try { await call(); } catch (e) { act.fail(e); } act.refresh(); };
  const change = (body) => does(() => ask("PATCH", person(p.id), body));
  const thread = (verb, on) => does(() => ask("POST", person(p.id, `/${verb}`), { number, on }));
  const panel = $("aboutBody");
  const focused = panel.contains(document.activeElement) ? document.activeElement.id : null;
  panel.replaceChildren(...[
    el("dl", {}, fact("numberField", p.hidden && p.number ? `+${p.number} (${t("hiddenToBusiness")})` : p.number ? `+${p.number}` : t("none")),
      fact("userId", p.user_id), p.username ? fact("usernameField", `@${p.username}`) : null,
      fact("window", windowText(th.window_until, now))),
    th.blocked_by ? el("p", { class: "chip w" }, t("blockedByBusiness")) : null,
    el("h3", {}, t("phoneState")),
    toggle("offline", p.offline, t("offline"), t("offlineWhy"), change({ offline: !p.offline })),
    toggle("receipts", p.receipts, t("receipts"), t("receiptsWhy"), change({ receipts: !p.receipts })),
    el("h3", {}, t("towardsBusiness")),
    toggle("block", !!th.blocked, t("block"), t("blockWhy"), thread("block", !th.blocked)),
    toggle("optOut", p.opted_out, t("optOut"), t("optOutWhy"), thread("marketing", !p.opted_out)),
    el("h3", {}, t("more")),
    el("div", { class: "stack" },
      el("button", { class: "btn", type: "button", id: "adClick", onclick: does(() => ask("POST", person(p.id, "/messages"), adClick(number))) }, t("comeFromAd")),
      el("button", { class: "btn", type: "button", id: "sendPoll", onclick: does(() => ask("POST", person(p.id, "/messages"), { number, type: "unsupported", text: "poll" })) }, t("sendPoll")),
      p.number ? el("button", { class: "btn", type: "button", id: "moveNumber", "aria-haspopup": "dialog", onclick: () => move(p, act) }, t("changeNumber")) : null),
  ].filter(Boolean));
  if (focused) $(focused)?.focus();
}

const fact = (name, value) => el("div", {}, el("dt", {}, t(name)), el("dd", {}, value));

function toggle(id, on, text, why, flip) {
  return el("label", { class: "switch" }, el("input", { type: "checkbox", id, checked: on, onchange: flip }), el("span", {}, text, el("small", {}, why)));
}

function windowText(until, now) {
  if (!until) return t("windowNever");
  return until > now ? t("windowUntil", { when: `${day(until)}, ${clock(until)}` }) : t("windowClosed");
}

const adClick = (number) => ({
  number, type: "text", text: t("adText"),
  referral: { source_url: "https://anuncio.example/a/1", source_id: "12020001", source_type: "ad", headline: t("adHeadline"), body: t("adBody"),
    media_type: "image", image_url: "https://anuncio.example/i.jpg", thumbnail_url: "https://anuncio.example/t.jpg", ctwa_clid: "ARAkLkA8rmlFeiCktEJQ" },
});

function move(p, act) {
  sheet(t("changeNumber"), (close, title) => {
    const number = el("input", { type: "tel", autocomplete: "off", required: true });
    const error = el("p", { class: "error", role: "alert" });
    const save = async (e) => {
      e.preventDefault();
      try {
        await ask("PATCH", person(p.id), { number: number.value });
        close();
        act.refresh();
      } catch (failure) { error.textContent = refusal(failure); }
    };
    return [el("form", { onsubmit: save }, title, el("label", { class: "field" }, el("span", {}, t("numberField")), number), error,
      el("div", { class: "actions" }, el("button", { class: "btn", type: "button", onclick: close }, t("cancel")), el("button", { class: "btn p", type: "submit" }, t("changeNumber"))))];
  });
}
