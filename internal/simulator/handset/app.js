// The handset page: a person plays any customer.
import { $, el, menu, sheet } from "./dom.js";
import { ask, live, person } from "./api.js";
import { apply, day, language, loadWords, refusal, setLanguage, t } from "./words.js";
import { bubble, preview } from "./bubble.js";
import { initials, nameOf, newPerson, showPeople } from "./people.js";
import { showAbout } from "./about.js";
import { countFaults, openFaults } from "./faults.js";
import { askLocation, setUpAttach } from "./attach.js";
import { setUpVoice } from "./voice.js";
import { setUpTheme } from "./theme.js";

let state = { accounts: [], faults: [], fault_kinds: [] };
let current = null; // control id of the customer on screen
let number = localStorage.getItem("handset.number") || "";
let messages = [];
let quoted = null;
let shown = new Map(); // message id → [what it looked like, its element]
const drafts = new Map();

const fail = (e) => { $("notice").textContent = refusal(e); };
const act = { say, fail, refresh, tap, menu: messageMenu, find: (id) => messages.find((m) => m.id === id), location: () => askLocation({ say }) };

async function loadState() {
  state = await ask("GET", "state");
  countFaults(state.faults);
  const numbers = state.accounts.flatMap((a) => a.numbers);
  if (!numbers.some((n) => n.id === number)) number = numbers[0]?.id || "";
  $("number").replaceChildren(...state.accounts.map((a) => el("optgroup", { label: a.name }, a.numbers.map((n) => new Option(`${n.name} · ${n.display}`, n.id, false, n.id === number)))));
  $("number").value = number;
  $("businessAvatar").textContent = initials(numbers.find((n) => n.id === number)?.name || "");
  const code = numbers.find((n) => n.code);
  if (code) $("notice").textContent = t("codeWaiting", { number: code.display, code: code.code });
}

const people = () => showPeople(current, choose);

async function choose(p) {
  keepDraft();
  current = p.id;
  const latest = p.threads.find((th) => th.last);
  if (latest) setNumber(latest.number);
  shown = new Map();
  quote(null);
  $("messages").replaceChildren();
  $("entry").value = drafts.get(current) || "";
  $("notice").textContent = "";
  $("phone").hidden = false;
  $("welcome").hidden = true;
  $("aboutPanel").hidden = !matchMedia("(min-width:1100px)").matches;
  document.body.dataset.view = "thread";
  await refresh();
  people();
  $("messages").scrollTop = $("messages").scrollHeight;
  $("entry").focus();
}

function keepDraft() { if (current) drafts.set(current, $("entry").value); }

function setNumber(id) {
  number = id;
  localStorage.setItem("handset.number", id);
  $("number").value = id;
  const all = state.accounts.flatMap((a) => a.numbers);
  $("businessAvatar").textContent = initials(all.find((n) => n.id === id)?.name || "");
}

// refresh fetches the thread on screen again and tells that it is open, which sends the read receipts.
async function refresh() {
  if (!current) return;
  const asked = current;
  const got = await ask("GET", person(current, `?number=${number}`));
  if (asked !== current) return;
  messages = got.messages;
  const p = got.customer;
  $("whoName").textContent = t("playing", { name: nameOf(p) });
  $("whoNumber").textContent = p.number && p.name ? `+${p.number}` : "";
  const th = p.threads.find((one) => one.number === number) || {};
  $("typing").hidden = !(th.typing_until > got.now);
  draw();
  showAbout(p, number, got.now, act);
  if (document.visibilityState === "visible" && th.unread) open();
}

async function open() { if (current) await ask("POST", person(current, "/open"), { number }); }

// draw updates only the messages that changed, and stays at the bottom when it was there.
function draw() {
  const list = $("messages");
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 60;
  const next = new Map();
  const nodes = [];
  let last = "";
  for (const m of messages) {
    const today = day(m.at);
    if (today !== last) nodes.push(keep(next, `day ${today}`, today, () => el("div", { class: "day" }, today)));
    last = today;
    nodes.push(keep(next, m.id, JSON.stringify(m), () => bubble(m, act)));
  }
  if (!nodes.length) nodes.push(keep(next, "none", language, () => el("div", { class: "event" }, t("emptyThread"))));
  shown = next;
  nodes.forEach((node, i) => { if (list.children[i] !== node) list.insertBefore(node, list.children[i] || null); });
  while (list.children.length > nodes.length) list.lastChild.remove();
  if (atEnd) list.scrollTop = list.scrollHeight;
}

function keep(next, key, look, make) {
  const had = shown.get(key);
  const entry = had && had[0] === look ? had : [look, make()];
  next.set(key, entry);
  return entry[1];
}

async function say(message) {
  $("notice").textContent = "";
  try {
    await ask("POST", person(current, "/messages"), { number, reply_to: quoted?.id, ...message });
    quote(null);
  } catch (e) { fail(e); }
  await refresh();
  $("messages").scrollTop = $("messages").scrollHeight;
}

function tap(m, choice) { return say({ type: "tap", reply_to: m.id, choice }); }

function messageMenu(anchor, m) {
  const reactions = ["👍", "❤️", "😂", "😮", "🙏"].map((emoji) => ({ label: t("reactWith", { emoji }), text: emoji, choose: () => say({ type: "reaction", reply_to: m.id, emoji }) }));
  const rest = [{ label: t("reply"), icon: "reply", choose: () => { quote(m); $("entry").focus(); } }];
  if (m.reactions?.customer) rest.push({ label: t("removeReaction"), icon: "close", choose: () => say({ type: "reaction", reply_to: m.id }) });
  if (m.from === "customer" && m.type === "text") rest.push({ label: t("changeWords"), icon: "reply", choose: () => changeWords(m) });
  if (m.from === "customer" && m.type !== "revoke") rest.push({ label: t("takeBack"), icon: "close", choose: () => say({ type: "revoke", reply_to: m.id }) });
  menu(anchor, t("messageMenu"), [{ row: true, items: reactions }, { items: rest }]);
}

// changeWords asks for the new words of a message of the customer's own.
function changeWords(m) {
  sheet(t("changeWords"), (close, title) => {
    const words = el("input", { type: "text", required: true, value: m.content?.body || "" });
    return [el("form", { onsubmit: (e) => { e.preventDefault(); close(); say({ type: "edit", reply_to: m.id, text: words.value }); } },
      title, el("label", { class: "field" }, el("span", {}, t("write")), words),
      el("div", { class: "actions" }, el("button", { class: "btn", type: "button", onclick: close }, t("cancel")), el("button", { class: "btn p", type: "submit" }, t("send"))))];
  });
}

function quote(m) {
  quoted = m;
  $("quoting").hidden = !m;
  if (m) $("quotingText").textContent = preview(m);
}

function setUp() {
  $("search").addEventListener("input", people);
  for (const id of ["newPerson", "newPersonToo"]) {
    $(id).addEventListener("click", () => newPerson(async (made) => choose((await ask("GET", person(made))).customer)));
  }
  $("openFaults").addEventListener("click", () => openFaults(state));
  $("back").addEventListener("click", () => {
    keepDraft();
    document.body.dataset.view = "list";
    document.querySelector('.person[aria-current="true"]')?.focus();
    current = null;
    $("phone").hidden = $("aboutPanel").hidden = true;
    $("welcome").hidden = false;
    people();
  });
  const about = (on) => { $("aboutPanel").hidden = !on; $("openAbout").setAttribute("aria-expanded", String(on)); (on ? $("closeAbout") : $("openAbout")).focus(); };
  $("openAbout").addEventListener("click", () => about($("aboutPanel").hidden));
  $("closeAbout").addEventListener("click", () => about(false));
  $("aboutPanel").addEventListener("keydown", (e) => { if (e.key === "Escape" && !matchMedia("(min-width:1100px)").matches) about(false); });
  $("unquote").addEventListener("click", () => { quote(null); $("entry").focus(); });
  $("number").addEventListener("change", () => { setNumber($("number").value); shown = new Map(); $("messages").replaceChildren(); quote(null); refresh(); });
  $("composer").addEventListener("submit", (e) => { e.preventDefault(); sendText(); });
  $("entry").addEventListener("keydown", (e) => {
    if (e.key === "Enter" && !e.shiftKey && !e.isComposing) { e.preventDefault(); sendText(); }
    if (e.key === "Escape" && quoted) quote(null);
  });
  $("entry").addEventListener("input", grow);
  setUpAttach(act);
  setUpVoice(act);
}

function grow() {
  const box = $("entry");
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight + 2, 140)}px`;
}

function sendText() {
  const text = $("entry").value.trim();
  if (!text) return;
  $("entry").value = "";
  drafts.delete(current);
  grow();
  say({ type: "text", text });
}

function changed(what) {
  if (what.kind === "reset") return location.reload();
  if (what.kind === "faults" || what.kind === "state") return loadState();
  people();
  if (what.id === current) refresh();
}

function showLive(up) {
  $("live").textContent = t(up ? "liveOn" : "liveOff");
  $("live").className = `live chip ${up ? "k" : "w"}`;
  if (up) { people(); refresh(); }
}

async function redraw() {
  apply(document);
  setUpTheme($("theme"), t);
  $("notice").textContent = "";
  shown = new Map();
  $("messages").replaceChildren();
  await loadState();
  await people();
  await refresh();
}

await loadWords();
$("language").value = language;
$("language").addEventListener("change", async () => { await setLanguage($("language").value); await redraw(); showLive(true); });
setUp();
await redraw();
live(changed, showLive);
setInterval(() => { if (document.visibilityState === "visible") open().catch(() => {}); }, 10000);
document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") refresh(); });
const asked = new URLSearchParams(location.search).get("customer");
if (asked) ask("GET", person(asked)).then((got) => choose(got.customer), () => {});
