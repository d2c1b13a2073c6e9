// Recording a voice note in the browser, labelled as what the browser really made.
import { $ } from "./dom.js";
import { base64 } from "./api.js";
import { t } from "./words.js";

const kinds = ["audio/ogg;codecs=opus", "audio/mp4", "audio/webm;codecs=opus"];

export function canRecord() { return Boolean(navigator.mediaDevices?.getUserMedia && window.MediaRecorder); }

// setUpVoice wires the microphone. act = {say(message), fail(error)}.
export function setUpVoice(act) {
  let recorder = null;
  let wanted = false;
  let ticking = 0;
  const mic = $("mic");
  mic.hidden = !canRecord();
  const show = (on) => {
    mic.setAttribute("aria-pressed", String(on));
    mic.setAttribute("aria-label", t(on ? "stopVoice" : "recordVoice"));
    mic.title = mic.getAttribute("aria-label");
    mic.querySelector("use").setAttribute("href", on ? "#i-stop" : "#i-mic");
    $("recording").hidden = $("discard").hidden = !on;
    $("entry").closest("label").hidden = on;
    clearInterval(ticking);
  };
  const start = async () => {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    const mimeType = kinds.find((k) => MediaRecorder.isTypeSupported(k));
    recorder = new MediaRecorder(stream, { mimeType, audioBitsPerSecond: 24000 });
    const parts = [];
    wanted = true;
    recorder.ondataavailable = (e) => parts.push(e.data);
    recorder.onstop = async () => {
      stream.getTracks().forEach((track) => track.stop());
      show(false);
      const made = recorder.mimeType || mimeType;
      recorder = null;
      if (wanted) act.say(await labelled(new Blob(parts, { type: made })));
    };
    recorder.start();
    show(true);
    const from = Date.now();
    const tick = () => {
      const s = Math.floor((Date.now() - from) / 1000);
      $("recording").textContent = `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`;
      if (s >= 300) recorder?.stop();
    };
    tick();
    ticking = setInterval(tick, 500);
  };
  mic.addEventListener("click", () => (recorder ? recorder.stop() : start().catch(() => act.fail(new Error(t("noMicrophone"))))));
  $("discard").addEventListener("click", () => { wanted = false; recorder?.stop(); });
}

// labelled says honestly what was recorded: only Ogg is a voice note; WebM, which no phone sends, goes as a document.
async function labelled(blob) {
  const data = await base64(blob);
  if (blob.type.startsWith("audio/ogg")) return { type: "audio", voice: true, mime: "audio/ogg; codecs=opus", data };
  if (blob.type.startsWith("audio/mp4")) return { type: "audio", mime: "audio/mp4", data };
  return { type: "document", mime: blob.type, filename: "nota-de-voz.webm", data };
}
