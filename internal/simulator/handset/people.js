// The list of customers, and making a new one.
import { $, el, sheet } from "./dom.js";
import { ask } from "./api.js";
import { clock, refusal, t } from "./words.js";
import { preview } from "./bubble.js";

export const nameOf = (p) => p.name || (p.username ? `@${p.username}` : p.number ? `+${p.number}` : p.user_id);
export const initials = (name) => [...name.replace(/[+@]/g, "")].slice(0, 1).join("").toUpperCase();

export async function showPeople(current, choose) {
  const found = await ask("GET", `customers?limit=200&q=${encodeURIComponent($("search").value)}`);
  const list = $("peopleList");
  const focused = list.contains(document.activeElement) ? document.activeElement.dataset.id : null;
  list.replaceChildren(...found.customers.map((p) => item(p, current, choose)));
  if (focused) list.querySelector(`[data-id="${CSS.escape(focused)}"]`)?.focus();
  $("peopleEmpty").hidden = found.customers.length > 0;
  $("peopleEmpty").textContent = t($("search").value ? "nobodyFound" : "nobodyYet");
  return found.customers;
}

function item(p, current, choose) {
  const last = p.threads.find((th) => th.last);
  const unread = p.threads.reduce((sum, th) => sum + th.unread, 0);
  const name = nameOf(p);
  return el("li", {}, el("button", { class: "person", type: "button", "data-id": p.id, "aria-current": String(p.id === current), onclick: () => choose(p) },
    el("span", { class: "avatar", "aria-hidden": "true" }, initials(name)),
    el("b", {}, name),
    el("span", { class: "at m" }, last ? clock(last.last.at) : ""),
    el("span", { class: "last m" }, last ? preview(last.last) : p.number && p.name ? `+${p.number}` : t("nothingYet")),
    unread ? el("span", { class: "badge" }, String(unread), el("span", { class: "sr" }, t("unread"))) : el("span")));
}

export function newPerson(done) {
  sheet(t("newPerson"), (close, title) => {
    const number = el("input", { type: "tel", autocomplete: "off", placeholder: "+54 9 11 5555-0111" });
    const name = el("input", { type: "text", autocomplete: "off", maxLength: 60 });
    const username = el("input", { type: "text", autocomplete: "off", maxLength: 35 });
    const hidden = el("input", { type: "checkbox" });
    const error = el("p", { class: "error", role: "alert" });
    const save = async (e) => {
      e.preventDefault();
      try {
        const made = await ask("POST", "customers", { number: number.value, name: name.value, username: username.value, hidden: hidden.checked });
        close();
        done(made.id);
      } catch (failure) {
        error.textContent = refusal(failure);
        number.focus();
      }
    };
    return [el("form", { onsubmit: save }, title,
      el("label", { class: "field" }, el("span", {}, t("numberField")), number),
      el("label", { class: "field" }, el("span", {}, t("nameField")), name),
      el("label", { class: "field" }, el("span", {}, t("usernameField")), username),
      el("label", { class: "switch" }, hidden, el("span", {}, t("hideNumber"), el("small", {}, t("hideNumberWhy")))),
      el("p", { class: "m" }, t("endings")),
      error,
      el("div", { class: "actions" }, el("button", { class: "btn", type: "button", onclick: close }, t("cancel")), el("button", { class: "btn p", type: "submit" }, t("create"))))];
  });
}
