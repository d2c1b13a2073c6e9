// What can be attached.
import { $, el, menu, sheet } from "./dom.js";
import { base64 } from "./api.js";
import { t } from "./words.js";

// setUpAttach wires the plus button. act = {say(message), fail(error)}.
export function setUpAttach(act) {
  $("attach").addEventListener("click", (e) => menu(e.currentTarget, t("attach"), [{ items: [
    { label: t("image"), icon: "plus", choose: () => $("pickImage").click() },
    { label: t("document"), icon: "file", choose: () => $("pickFile").click() },
    { label: t("sampleVoice"), icon: "mic", choose: () => act.say({ type: "audio", voice: true }) },
    { label: t("sticker"), icon: "person", choose: () => act.say({ type: "sticker" }) },
    { label: t("location"), icon: "pin", choose: () => askLocation(act) },
    { label: t("contact"), icon: "person", choose: () => askContact(act) },
    { label: t("flowAnswers"), icon: "list", choose: () => act.say({ type: "flow", answers: { flow_token: "t-1", talla: "L", color: "azul" } }) },
    { label: t("order"), icon: "list", choose: () => act.say({ type: "order" }) },
  ] }]));
  $("pickImage").addEventListener("change", (e) => send(e.target, "image", act));
  $("pickFile").addEventListener("change", (e) => send(e.target, "document", act));
}

const most = 16 * 1024 * 1024;

async function send(input, type, act) {
  const file = input.files[0];
  input.value = "";
  if (!file) return;
  if (file.size > most) return act.fail(new Error(t("tooLarge")));
  act.say({ type, mime: file.type || "application/octet-stream", filename: file.name, text: type === "image" ? $("entry").value : "", data: await base64(file) });
  if (type === "image") $("entry").value = "";
}

export function askLocation(act) {
  sheet(t("location"), (close, title) => {
    const name = el("input", { type: "text", value: "Plaza Central" });
    const latitude = el("input", { type: "number", step: "any", min: "-90", max: "90", required: true, value: "-34.603722" });
    const longitude = el("input", { type: "number", step: "any", min: "-180", max: "180", required: true, value: "-58.381592" });
    return [el("form", { onsubmit: (e) => { e.preventDefault(); close(); act.say({ type: "location", name: name.value, latitude: Number(latitude.value), longitude: Number(longitude.value) }); } },
      title, el("label", { class: "field" }, el("span", {}, t("placeName")), name),
      el("div", { class: "pair" }, el("label", { class: "field" }, el("span", {}, t("latitude")), latitude), el("label", { class: "field" }, el("span", {}, t("longitude")), longitude)),
      buttons(close))];
  });
}

function askContact(act) {
  sheet(t("contact"), (close, title) => {
    const name = el("input", { type: "text", required: true, value: "Luis Vega" });
    const phone = el("input", { type: "tel", required: true, value: "+54 9 11 5555-0199" });
    const card = () => [{ name: { formatted_name: name.value }, phones: [{ phone: phone.value, wa_id: phone.value.replace(/\D/g, ""), type: "CELL" }] }];
    return [el("form", { onsubmit: (e) => { e.preventDefault(); close(); act.say({ type: "contacts", contacts: card() }); } },
      title, el("label", { class: "field" }, el("span", {}, t("nameField")), name), el("label", { class: "field" }, el("span", {}, t("numberField")), phone), buttons(close))];
  });
}

const buttons = (close) => el("div", { class: "actions" }, el("button", { class: "btn", type: "button", onclick: close }, t("cancel")), el("button", { class: "btn p", type: "submit" }, t("send")));
