// Words of the page: one JSON file per language, chosen by the person, then by the browser.
const known = ["es", "pt-BR", "en"];
let words = {};
export let language = "es";

function wanted() {
  const asked = new URLSearchParams(location.search).get("lang") || localStorage.getItem("handset.language") || "es";
  return known.includes(asked) ? asked : "es";
}

export async function loadWords(choice = wanted()) {
  language = known.includes(choice) ? choice : "es";
  const answer = await fetch(`words/${language}.json`);
  words = await answer.json();
  document.documentElement.lang = language;
  document.title = words.title;
  apply(document);
}

export function setLanguage(choice) {
  localStorage.setItem("handset.language", choice);
  return loadWords(choice);
}

// t finds a text and puts {name} values in; a missing word shows its key, so that it is noticed.
export function t(key, values = {}) {
  const text = words[key] ?? key;
  return typeof text === "string" ? text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "") : text;
}

// refusal says in the person's language why the simulator refused; unknown reasons stay as they came.
export const refusal = (e) => words.refusals?.[e.message] ?? e.message;

// apply fills elements that name their word in the page.
export function apply(root) {
  for (const el of root.querySelectorAll("[data-t]")) el.textContent = t(el.dataset.t);
  for (const el of root.querySelectorAll("[data-t-label]")) {
    el.setAttribute("aria-label", t(el.dataset.tLabel));
    if (el.matches("button")) el.title = t(el.dataset.tLabel);
  }
  for (const el of root.querySelectorAll("[data-t-placeholder]")) el.placeholder = t(el.dataset.tPlaceholder);
}

export const clock = (at) => new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(at);
export const day = (at) => new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long" }).format(at);
