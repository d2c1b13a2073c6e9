// The help page: what differs from the real provider, and what the endings of numbers do.
import { el } from "./dom.js";
import { loadWords, t } from "./words.js";
import "./theme.js";

await loadWords();
document.title = t("helpTitle");
const list = (key) => el("ul", {}, t(key).map((text) => el("li", {}, text)));
document.getElementById("help").append(
  el("h1", {}, t("helpTitle")), el("p", {}, t("helpIntro")),
  el("p", {}, el("a", { class: "btn", href: "./" }, t("backToHandset"))),
  el("h2", {}, t("helpEndings")),
  el("table", {}, el("caption", { class: "sr" }, t("helpEndings")),
    el("thead", {}, el("tr", {}, el("th", { scope: "col" }, t("helpEnding")), el("th", { scope: "col" }, t("helpOutcome")))),
    el("tbody", {}, t("helpEndingRows").map(([ending, outcome]) => el("tr", {}, el("th", { scope: "row" }, el("code", {}, ending)), el("td", {}, outcome))))),
  el("h2", {}, t("helpDifferences")), list("helpDifferenceRows"),
  el("h2", {}, t("helpAccess")), list("helpAccessRows"));
