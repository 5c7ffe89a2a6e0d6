// Shared by the pages: puts the server's fragments in place, keeping what has not changed. Builds no HTML of its own.
const find = (selector, root = element) => root.querySelector(selector);
const all = (selector, root = element) => Array.from(root.querySelectorAll(selector));

function fragment(html) {
  const box = document.createElement("template");
  box.innerHTML = html;
  return box.content;
}

// Makes `old` look like `fresh` while equal nodes, open <details> and focus stay as they are.
function morph(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName) { old.replaceWith(fresh); return; }
  if (old.nodeType !== Node.ELEMENT_NODE) { old.textContent = fresh.textContent; return; }
  for (const { name } of Array.from(old.attributes)) if (!fresh.hasAttribute(name) && name !== "open") old.removeAttribute(name);
  for (const { name, value } of Array.from(fresh.attributes)) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  const fresher = Array.from(fresh.childNodes);
  Array.from(old.childNodes).forEach((child, at) => { if (at < fresher.length) morph(child, fresher[at]); else child.remove(); });
  const have = old.childNodes.length;
  fresher.slice(have).forEach(child => old.append(child));
}

function fill(target, html) {
  const fresh = target.cloneNode(false);
  fresh.append(fragment(html));
  morph(target, fresh);
}

// Adds or renews the keyed parts of a list; a part without html goes away.
function place(list, parts) {
  for (const { key, html } of parts) {
    const old = Array.from(list.children).find(child => child.dataset.key === key);
    if (!html) { if (old) old.remove(); continue; }
    const fresh = fragment(html).firstElementChild;
    if (old) morph(old, fresh); else list.append(fresh);
  }
}

// Kept in the browser; where it keeps nothing, for as long as the page is there.
function keeper(storage) {
  const memory = {};
  return {
    get(key) { try { return storage().getItem("shopclerk." + key); } catch { return memory[key] ?? null; } },
    set(key, value) {
      try { if (value == null) storage().removeItem("shopclerk." + key); else storage().setItem("shopclerk." + key, value); }
      catch { if (value == null) delete memory[key]; else memory[key] = value; }
    },
  };
}
const store = keeper(() => localStorage), session = keeper(() => sessionStorage);

function filled(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
}

// One listener for all buttons: data-do names what to do.
function doers(table) {
  element.addEventListener("click", event => {
    const button = event.target.closest("[data-do]");
    if (!button || !element.contains(button) || button.disabled) return;
    const run = table[button.dataset.do];
    if (run) { event.preventDefault(); run(button, event); }
  });
}

// Calls one after the other: each is made when the one before has been answered, so that no answer is older than one
// that was shown, and a press counts from what the press before came to.
function inLine() {
  let last = Promise.resolve();
  return call => (last = last.catch(() => {}).then(call));
}

let toastTimer;
function toast(text) {
  const box = find("[data-toast]");
  (all("dialog[open]").pop() ?? find(".clerk")).append(box); // an open dialog covers everything outside it
  box.textContent = text;
  box.hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { box.hidden = true; }, Math.max(2600, 70 * text.length));
}

// Puts the words of a language where the page names them (data-t: text, data-t-label: aria-label, …).
function label(words, root = element) {
  if (root === element) {
    find(".clerk").lang = document.documentElement.lang = words.language;
    document.documentElement.dir = words.direction ?? "ltr";
  }
  for (const node of all("[data-t]", root)) node.textContent = words[node.dataset.t];
  for (const node of all("[data-t-label]", root)) { node.setAttribute("aria-label", words[node.dataset.tLabel]); if (node.hasAttribute("title")) node.title = words[node.dataset.tLabel]; }
  for (const node of all("[data-t-title]", root)) node.title = words[node.dataset.tTitle];
  for (const node of all("[data-t-placeholder]", root)) node.placeholder = words[node.dataset.tPlaceholder];
  for (const node of all("[data-language]", root)) node.setAttribute("aria-pressed", String(node.dataset.language === words.language));
}
