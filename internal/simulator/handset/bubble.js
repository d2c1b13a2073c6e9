// How one message looks on the phone.
import { el, icon, sheet } from "./dom.js";
import { mediaURL } from "./api.js";
import { t, clock } from "./words.js";

// bubble builds the list item of a message. act = {tap(message, choice), menu(anchor, message), find(id)}.
export function bubble(m, act) {
  if (m.status === "failed") {
    return el("div", { class: "event failed" }, t("didNotArrive", { code: m.error?.code, why: m.error?.error_data?.details || m.error?.title || "" }));
  }
  const mine = m.from === "customer";
  const pending = !mine && ["accepted", "sent"].includes(m.status);
  const body = el("div", { class: `bubble${m.type === "sticker" ? " bare" : ""}` });
  if (m.reply_to) body.append(quote(act.find(m.reply_to)));
  body.append(...content(m, act));
  const marks = Object.values(m.reactions || {});
  if (marks.length) body.append(el("span", { class: "reactions", role: "img", "aria-label": t("reactions", { list: marks.join(" ") }) }, marks.join(" ")));
  body.append(meta(m, mine, pending));
  const more = el("button", { class: "icon", type: "button", "aria-label": t("messageMenu"), title: t("messageMenu"), "aria-haspopup": "menu", "aria-expanded": "false",
    onclick: (e) => act.menu(e.currentTarget, m) }, icon("more"));
  return el("div", { class: `row${mine ? " mine" : ""}${pending ? " pending" : ""}` }, el("span", { class: "sr" }, t(mine ? "youSaid" : "businessSaid")), body, more);
}

function meta(m, mine, pending) {
  const line = el("span", { class: "meta" }, el("time", { dateTime: new Date(m.at).toISOString() }, clock(m.at)));
  if (mine) {
    const read = m.status === "read";
    line.append(el("span", { class: read ? "read" : "", role: "img", "aria-label": t(read ? "readByBusiness" : "sentToBusiness") }, read ? "✓✓" : "✓"));
  } else if (pending) line.append(el("span", {}, t("onItsWay")));
  return line;
}

// preview is a message in one line, for quotes and the list.
export function preview(m) {
  if (!m) return t("notKept");
  const c = m.content || {};
  switch (m.type) {
    case "text": return c.body || "";
    case "template": return c.body || m.template || "";
    case "interactive": return c.body?.text || c.button_reply?.title || c.list_reply?.title || "";
    case "button": return c.text || "";
    case "location": return c.name || t("location");
    case "contacts": return c[0]?.name?.formatted_name || t("contact");
    case "image": case "video": case "document": return c.caption || c.filename || t(m.type);
    case "audio": return t(c.voice ? "voiceNote" : "audio");
    default: return t(m.type);
  }
}

const quote = (m) => el("div", { class: "quote" }, preview(m));

function content(m, act) {
  const c = m.content || {};
  switch (m.type) {
    case "text": return [el("p", {}, c.body)];
    case "image": case "video": case "audio": case "document": case "sticker": return media(m.type, c);
    case "location": return [place(c)];
    case "contacts": return c.map(card);
    case "template": return template(m, c, act);
    case "interactive": return interactive(m, c, act);
    case "button": return [el("p", {}, c.text)];
    case "revoke": return [el("p", { class: "m" }, t("revoke"))];
    case "order": return [el("p", {}, t("order")), c.text ? el("p", { class: "foot" }, c.text) : null].filter(Boolean);
    default: return [el("p", { class: "m" }, t("unknownKind", { kind: m.type }))];
  }
}

function media(kind, c) {
  const address = c.id ? mediaURL(c.id) : null;
  const out = [];
  if (!address) out.push(el("span", { class: "card" }, icon("link"), el("span", {}, t(kind), el("small", {}, c.link || ""))));
  else if (kind === "image") out.push(el("img", { class: "media", src: address, alt: c.caption || t("image") }));
  else if (kind === "sticker") out.push(el("img", { class: "media sticker", src: address, alt: t("sticker") }));
  else if (kind === "video") out.push(el("video", { class: "media", src: address, controls: true, preload: "metadata", "aria-label": c.caption || t("video") }));
  else if (kind === "audio") out.push(el("audio", { class: "media", src: address, controls: true, preload: "metadata", "aria-label": t(c.voice ? "voiceNote" : "audio") }));
  else out.push(el("a", { class: "card", href: address, download: c.filename || "documento" }, icon("file"), el("span", {}, c.filename || t("document"), el("small", {}, t("download")))));
  if (c.caption) out.push(el("p", {}, c.caption));
  return out;
}

function place(c) {
  const where = `${Number(c.latitude).toFixed(5)}, ${Number(c.longitude).toFixed(5)}`;
  return el("span", { class: "card" }, icon("pin"), el("span", {}, c.name || t("location"), el("small", {}, [c.address, where].filter(Boolean).join(" · "))));
}

function card(c) {
  const ways = [...(c.phones || []).map((p) => p.phone), ...(c.emails || []).map((e) => e.email)];
  return el("span", { class: "card" }, icon("person"), el("span", {}, c.name?.formatted_name || t("contact"), el("small", {}, ways.join(" · "))));
}

function template(m, c, act) {
  const out = [];
  if (c.header?.format === "TEXT") out.push(el("p", { class: "title" }, c.header.text));
  else if (c.header?.location) out.push(place(c.header.location));
  else if (c.header?.media) out.push(...media(c.header.format.toLowerCase(), c.header.media));
  out.push(el("p", {}, c.body));
  if (c.footer) out.push(el("p", { class: "foot" }, c.footer));
  const choices = (c.buttons || []).map((b, i) => templateButton(m, b, String(i), act));
  if (choices.length) out.push(el("div", { class: "choices" }, choices));
  return out;
}

function templateButton(m, b, index, act) {
  if (b.type === "QUICK_REPLY") return choice(m, b.text, index, act);
  if (b.type === "URL") return el("a", { class: "btn", href: b.url, target: "_blank", rel: "noopener noreferrer" }, icon("link"), b.text);
  if (b.type === "PHONE_NUMBER") return el("a", { class: "btn", href: `tel:${b.phone_number}` }, icon("phone"), b.text);
  if (b.type === "COPY_CODE" || b.type === "OTP") {
    return el("button", { class: "btn", type: "button", onclick: () => navigator.clipboard?.writeText(b.code) }, icon("copy"), `${b.text || t("copyCode")}: ${b.code}`);
  }
  return el("button", { class: "btn", type: "button", disabled: true }, b.text);
}

const choice = (m, text, id, act) => el("button", { class: "btn", type: "button", "aria-pressed": String(m.tapped === id), onclick: () => act.tap(m, id) }, icon("reply"), text);

function interactive(m, c, act) {
  if (c.type === "nfm_reply") return [el("p", {}, `${t("flowAnswers")}: ${c.nfm_reply.response_json}`)];
  if (c.type === "button_reply") return [el("p", {}, c.button_reply.title)];
  if (c.type === "list_reply") return [el("p", {}, c.list_reply.title), c.list_reply.description ? el("p", { class: "foot" }, c.list_reply.description) : null].filter(Boolean);
  const out = [];
  if (c.header?.type === "text") out.push(el("p", { class: "title" }, c.header.text));
  else if (c.header) out.push(...media(c.header.type, c.header[c.header.type] || {}));
  out.push(el("p", {}, c.body?.text || ""));
  if (c.footer) out.push(el("p", { class: "foot" }, c.footer.text));
  const box = el("div", { class: "choices" });
  if (c.type === "button") box.append(...c.action.buttons.map((b) => choice(m, b.reply.title, b.reply.id, act)));
  else if (c.type === "list") box.append(el("button", { class: "btn", type: "button", "aria-haspopup": "dialog", onclick: () => picker(m, c, act) }, icon("list"), c.action.button));
  else if (c.type === "cta_url") box.append(el("a", { class: "btn", href: c.action.parameters.url, target: "_blank", rel: "noopener noreferrer" }, icon("link"), c.action.parameters.display_text));
  else if (c.type === "location_request_message") box.append(el("button", { class: "btn", type: "button", onclick: () => act.location() }, icon("pin"), t("sendLocation")));
  else box.append(el("button", { class: "btn", type: "button", disabled: true }, c.action?.parameters?.flow_cta || c.type));
  return [...out, box];
}

// picker shows the rows of a list message.
function picker(m, c, act) {
  sheet(c.action.button, (close, title) => [el("div", { class: "in" }, title,
    ...c.action.sections.map((section) => el("section", {}, section.title ? el("h3", {}, section.title) : null,
      el("ul", { class: "rows" }, section.rows.map((row) => el("li", {}, el("button", { class: "btn", type: "button", "aria-pressed": String(m.tapped === row.id),
        onclick: () => { close(); act.tap(m, row.id); } }, row.title, row.description ? el("small", {}, row.description) : null)))))),
    el("div", { class: "actions" }, el("button", { class: "btn", type: "button", onclick: close }, t("cancel"))))]);
}
