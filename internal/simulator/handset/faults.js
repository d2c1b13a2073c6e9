// The drawer where things are made to go wrong.
import { $, el, sheet } from "./dom.js";
import { ask } from "./api.js";
import { refusal, t } from "./words.js";

export function countFaults(faults) {
  $("faultCount").hidden = faults.length === 0;
  $("faultCount").textContent = String(faults.length);
}

export async function openFaults(state) {
  const found = await ask("GET", "faults");
  sheet(t("faults"), (close, title) => {
    const list = el("div", { class: "stack" });
    const error = el("p", { class: "error", role: "alert" });
    const kind = el("select", {}, state.fault_kinds.map((k) => el("option", { value: k }, t(`fault_${k}`))));
    const number = el("select", {}, el("option", { value: "" }, t("allNumbers")),
      state.accounts.flatMap((a) => a.numbers).map((n) => el("option", { value: n.id }, `${n.name} ${n.display}`)));
    const count = el("input", { type: "number", min: "0", step: "1", value: "1", inputMode: "numeric" });
    const chance = el("input", { type: "number", min: "0", max: "100", step: "1", value: "100", inputMode: "numeric" });
    const seconds = el("input", { type: "number", min: "0", step: "1", value: "0", inputMode: "numeric" });
    const code = el("input", { type: "number", min: "0", value: "131000", inputMode: "numeric" });
    const codeField = el("label", { class: "field" }, el("span", {}, t("faultCode")), code);
    const needsCode = () => { codeField.hidden = !["code", "async_code"].includes(kind.value); };
    kind.addEventListener("change", needsCode);
    needsCode();
    const show = (faults) => list.replaceChildren(...(faults.length ? faults.map(line) : [el("p", { class: "m" }, t("noFaults"))]));
    const line = (f) => el("div", { class: "faultline" }, el("span", {}, describe(f)),
      el("button", { class: "btn", type: "button", onclick: async () => show(await remove(`faults?id=${f.id}`)) }, t("switchOff")));
    const add = async (e) => {
      e.preventDefault();
      error.textContent = "";
      try {
        await ask("POST", "faults", { kind: kind.value, number: number.value, count: Number(count.value), duration: Number(seconds.value),
          probability: Number(chance.value) >= 100 ? 0 : Number(chance.value) / 100, code: codeField.hidden ? 0 : Number(code.value) });
      } catch (failure) { error.textContent = refusal(failure); }
      show((await ask("GET", "faults")).faults);
    };
    show(found.faults);
    return [el("form", { onsubmit: add }, title, el("p", { class: "m" }, t("faultsIntro")), list,
      el("label", { class: "field" }, el("span", {}, t("faultKind")), kind), codeField,
      el("label", { class: "field" }, el("span", {}, t("faultNumber")), number),
      el("div", { class: "pair" }, el("label", { class: "field" }, el("span", {}, t("faultCount")), count), el("label", { class: "field" }, el("span", {}, t("faultChance")), chance)),
      el("label", { class: "field" }, el("span", {}, t("faultSeconds")), seconds), error,
      el("div", { class: "actions" },
        el("button", { class: "btn", type: "button", onclick: close }, t("close")),
        el("button", { class: "btn", type: "button", onclick: async () => show(await remove("faults")) }, t("switchAllOff")),
        el("button", { class: "btn p", type: "submit" }, t("switchOn"))))];
  });
}

async function remove(path) {
  await ask("DELETE", path);
  return (await ask("GET", "faults")).faults;
}

function describe(f) {
  const parts = [t(`fault_${f.kind}`)];
  if (f.code) parts.push(String(f.code));
  if (f.count) parts.push(t("faultLeft", { n: f.count - f.hits }));
  if (f.probability) parts.push(`${Math.round(f.probability * 100)} %`);
  return parts.join(" · ");
}
