// Light and dark: the system's, unless the person chose.
const system = matchMedia("(prefers-color-scheme: dark)");

const chosen = () => localStorage.getItem("handset.theme") || "system";

function apply() {
  const dark = chosen() === "dark" || (chosen() === "system" && system.matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
}

export function setUpTheme(select, t) {
  select?.replaceChildren(...["system", "light", "dark"].map((name) => new Option(t(`theme_${name}`), name, false, chosen() === name)));
  if (select) select.onchange = () => { localStorage.setItem("handset.theme", select.value); apply(); };
}

apply();
system.addEventListener("change", apply);
