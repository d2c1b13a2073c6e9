// el makes an element: properties, then children (text or elements). Nothing here ever becomes HTML from text.
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "class") node.className = value;
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name in node && name !== "list" && name !== "form") node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((c) => c !== null && c !== undefined && c !== false));
  return node;
}

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

export const $ = (id) => document.getElementById(id);

// menu opens a menu beside a button: arrows move, Enter chooses, Escape closes and gives the focus back.
export function menu(anchor, label, groups) {
  document.querySelector(".menu")?.remove();
  const box = el("div", { class: "menu", role: "menu", "aria-label": label });
  for (const group of groups) {
    const holder = group.row ? el("div", { class: "emoji", role: "none" }) : box;
    for (const item of group.items) {
      holder.append(el("button", { type: "button", role: "menuitem", tabIndex: -1, "aria-label": item.label, title: group.row ? item.label : undefined,
        onclick: () => { close(); item.choose(); } }, item.icon ? icon(item.icon) : null, item.text ?? item.label));
    }
    if (holder !== box) box.append(holder);
  }
  const items = [...box.querySelectorAll("button")];
  const close = () => {
    box.remove();
    anchor.setAttribute("aria-expanded", "false");
    document.removeEventListener("pointerdown", outside, true);
    anchor.focus();
  };
  const outside = (e) => { if (!box.contains(e.target)) close(); };
  box.addEventListener("keydown", (e) => {
    const at = items.indexOf(document.activeElement);
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[e.key];
    if (step) items[(at + step + items.length) % items.length].focus();
    else if (e.key === "Escape" || e.key === "Tab") close();
    else return;
    e.preventDefault();
  });
  document.querySelector("main").append(box);
  anchor.setAttribute("aria-expanded", "true");
  const a = anchor.getBoundingClientRect();
  const b = box.getBoundingClientRect();
  box.style.left = `${Math.max(8, Math.min(a.left, innerWidth - b.width - 8))}px`;
  box.style.top = `${a.bottom + b.height + 8 < innerHeight ? a.bottom + 4 : Math.max(8, a.top - b.height - 4)}px`;
  document.addEventListener("pointerdown", outside, true);
  items[0]?.focus();
}

// sheet shows a dialog built by build(close); focus returns to where it was.
export function sheet(title, build) {
  const box = $("sheet");
  box.replaceChildren();
  const close = () => box.close();
  box.append(...build(close, el("h2", { id: "sheetTitle" }, title)));
  box.showModal();
}
