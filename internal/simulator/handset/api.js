// The control API, one folder up: it works wherever the simulator is mounted.
const base = new URL("../control/", location.href);

export async function ask(method, path, body) {
  const answer = await fetch(new URL(path, base), {
    method,
    headers: body === undefined ? {} : { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const value = await answer.json();
  if (!answer.ok) throw new Error(value.error || answer.statusText);
  return value;
}

export const mediaURL = (id) => new URL(`media/${encodeURIComponent(id)}`, base).href;
export const person = (id, rest = "") => `customers/${encodeURIComponent(id)}${rest}`;

// live calls back with every change; onState tells whether the line is up.
export function live(onChange, onState) {
  const source = new EventSource(new URL("live", base));
  source.onopen = () => onState(true);
  source.onerror = () => onState(false);
  source.onmessage = (e) => onChange(JSON.parse(e.data));
}

// base64 encodes a file for the control API.
export async function base64(blob) {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = "";
  for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return btoa(text);
}
