// The shopper's page: sends what is typed or pressed, and shows the parts that come back.
const app = find(".clerk"), log = find("[data-log]"), scroller = find("[data-scroller]"), input = find("[data-input]");
const limits = props.limits;
let words = {}, chat = null, cursor = 0, human = false, modelReady = true, busy = null, picture = null, watchdog, pollTimer, keys = 0, opened = false;
let chosen = store.get("language") !== null;

const fromLink = new URLSearchParams(location.hash.slice(1));
if (fromLink.has("customer")) {
  if (fromLink.get("customer") !== (store.get("customer") ?? "")) store.set("conversation", null);
  store.set("customer", fromLink.get("customer") || null);
}
if (fromLink.has("language")) { store.set("language", fromLink.get("language")); chosen = true; }
if (location.hash) history.replaceState(null, "", location.pathname + location.search);
const title = document.title;
document.addEventListener("visibilitychange", () => { if (!document.hidden) document.title = title; });
const firstLanguage = () => store.get("language") ?? (navigator.language || "en");

function showCart(cart) {
  fill(find("[data-cart-body]"), cart.html);
  const count = find("[data-cart-count]");
  if (count.textContent !== String(cart.count)) { count.classList.remove("bump"); void count.offsetWidth; count.classList.add("bump"); }
  count.textContent = cart.count;
  count.hidden = cart.count === 0;
  find("[data-cart-button]").setAttribute("aria-label", filled(words["cart.open"], { count: cart.count }));
}

function showState() {
  const pill = find("[data-pill]");
  const text = human ? words["chat.human_on"] : modelReady === true ? "" : words["chat." + modelReady] ?? "";
  pill.hidden = !text;
  pill.classList.toggle("pill-human", human);
  find("[data-pill-text]").textContent = text;
  clearTimeout(pollTimer);
  if (human || modelReady !== true) pollTimer = setTimeout(poll, human ? 1200 : 4000);
}

function showWelcome() { find("[data-welcome]").hidden = log.children.length > 0; }

async function open(again = {}) {
  let reply;
  try {
    reply = await server.open_chat({ conversation: store.get("conversation"), token: store.get("customer"), language: firstLanguage(), ...again });
  } catch { failing(words["chat.offline"] ?? "The connection was lost. Trying again…"); setTimeout(() => open(again), 3000); return; }
  failing("");
  chat = reply.conversation;
  store.set("conversation", chat);
  words = reply.words;
  label(words);
  fill(find("[data-welcome]"), reply.welcome);
  for (const child of Array.from(log.children)) if (!reply.parts.some(part => part.key === child.dataset.key)) child.remove();
  place(log, reply.parts);
  cursor = reply.cursor; human = reply.human; modelReady = reply.model;
  showCart(reply.cart);
  const who = find("[data-customer]");
  who.hidden = !reply.customer;
  who.textContent = reply.customer ?? "";
  find("[data-opening]").hidden = true;
  app.dataset.ready = "yes";
  showWelcome(); showState(); follow(true); ready();
  if (!opened) { opened = true; tellParent("ready"); if (fromLink.has("product")) openDetail(fromLink.get("product")); }
}

async function poll() {
  try {
    const news = await server.poll({ conversation: chat, after: cursor, language: words.language });
    if (news.lost) { await open({ conversation: null }); return; }
    const near = atEnd();
    place(log, news.parts);
    cursor = Math.max(cursor, news.cursor); human = news.human; modelReady = news.model;
    failing("", "offline");
    if (news.parts.length) {
      tellParent("news");
      if (document.hidden) document.title = "● " + title;
      showWelcome(); if (near) follow(true); else latest(); }
  } catch { failing(words["chat.offline"], "offline"); }
  showState();
}

// Sending -----------------------------------------------------------------------------------------------------------
function ready() {
  find("[data-send]").disabled = !chat || busy !== null || !(input.value.trim() || picture);
}

function failing(text, kind = "input") {
  const box = find("[data-error]");
  if (!text && box.dataset.kind && box.dataset.kind !== kind) return;
  box.dataset.kind = text ? kind : "";
  box.textContent = text;
  box.hidden = !text;
}

function own(text, image) {
  const key = "mine" + ++keys, article = document.createElement("article");
  article.className = "turn turn-shopper"; article.dataset.key = key; article.setAttribute("aria-label", words["chat.you"]);
  if (image) { const img = document.createElement("img"); img.className = "sent-picture"; img.alt = words["chat.your_picture"]; img.src = image; article.append(img); }
  if (text) { const bubble = document.createElement("div"); bubble.className = "bubble said"; bubble.textContent = text; article.append(bubble); }
  log.append(article);
}

function send(text, extra = {}) {
  text = text.trim();
  if (!chat || busy !== null || (!text && !extra.picture)) return false;
  if (text.length > limits.message) { failing(filled(words["chat.too_long"], { count: text.length, limit: limits.message })); return false; }
  failing("");
  own(text, extra.picture);
  busy = { key: "turn" + Date.now() + "-" + ++keys, text, extra };
  if (!human) {
    const dots = document.createElement("article");
    dots.className = "turn turn-assistant"; dots.dataset.key = busy.key;
    dots.append(fragment('<div class="bubble typing"><i></i><i></i><i></i></div>'));
    log.append(dots);
  }
  showWelcome(); ready(); follow(true); watchOver();
  trigger("turn", { conversation: chat, language: words.language, key: busy.key, text, ...extra });
  return true;
}

function watchOver() {
  clearTimeout(watchdog);
  watchdog = setTimeout(() => { busy = null; failing(words["chat.failed"]); open(); }, 45000);
}

watch("value", async () => {
  const news = props.value;
  if (!news || !busy || news.key !== busy.key) return;
  if (news.lost) { const again = busy; busy = null; clearTimeout(watchdog); await open({ conversation: null }); send(again.text, again.extra); return; }
  const near = atEnd();
  place(log, news.parts);
  if (news.cart) showCart(news.cart);
  if (near) follow(); else latest();
  if (!news.done) { watchOver(); return; }
  clearTimeout(watchdog);
  busy = null;
  human = news.human; modelReady = news.model; cursor = Math.max(cursor, news.cursor);
  if (news.language && news.language !== words.language && !chosen) await open({ language: news.language });
  showState(); ready();
  if (waiting) submit();
});

// Scrolling: the newest question stays in view, however long the answer.
const atEnd = () => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 140 || busy !== null && !scrolledAway;
let scrolledAway = false;
let height = scroller.clientHeight;
new ResizeObserver(() => { const lost = height - scroller.clientHeight; height = scroller.clientHeight; if (lost > 0) scroller.scrollTop += lost; }).observe(scroller);
scroller.addEventListener("wheel", () => { scrolledAway = true; }, { passive: true });
scroller.addEventListener("touchmove", () => { scrolledAway = true; }, { passive: true });
scroller.addEventListener("scroll", () => {
  if (scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 60) { find("[data-latest]").hidden = true; scrolledAway = false; }
}, { passive: true });
function follow(jump = false) {
  if (jump) scrolledAway = false;
  const asked = all(".turn-shopper", log).pop();
  const end = scroller.scrollHeight - scroller.clientHeight;
  const top = asked && busy ? asked.offsetTop - 20 : end;
  scroller.scrollTo({ top: Math.min(end, top), behavior: jump && !matchMedia("(prefers-reduced-motion: reduce)").matches && log.children.length > 2 && busy ? "smooth" : "auto" });
}
function latest() { find("[data-latest]").hidden = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 60; }

// The message box ---------------------------------------------------------------------------------------------------
function grow() { input.style.height = "auto"; input.style.height = Math.min(input.scrollHeight, 168) + "px"; }
input.addEventListener("input", () => { grow(); ready(); failing(""); });
input.addEventListener("keydown", event => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229) { event.preventDefault(); submit(); }
});
find("[data-composer]").addEventListener("submit", event => { event.preventDefault(); submit(); });
let waiting = false;
function submit() {
  if (busy !== null) { waiting = Boolean(input.value.trim() || picture); return; }
  waiting = false;
  const extra = picture ? { picture: picture.url, filename: picture.name } : {};
  if (send(input.value, extra)) { input.value = ""; unpicture(); grow(); ready(); }
  input.focus();
}
function unpicture() { picture = null; find("[data-preview]").hidden = true; find("[data-file]").value = ""; ready(); }

async function take(files) {
  if (!files.length) return;
  if (files.length > 1) { failing(words["chat.picture_only_one"]); return; }
  const file = files[0], size = file.size / 1048576;
  unpicture(); failing("");
  if (size > limits.picture) { failing(filled(words["chat.picture_too_big"], { size: size.toFixed(0), limit: limits.picture })); return; }
  try {
    const bitmap = await createImageBitmap(file);
    const scale = Math.min(1, 1024 / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(bitmap.width * scale)); canvas.height = Math.max(1, Math.round(bitmap.height * scale));
    const paint = canvas.getContext("2d");
    paint.fillStyle = "#fff"; paint.fillRect(0, 0, canvas.width, canvas.height);
    paint.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    picture = { url: canvas.toDataURL("image/jpeg", 0.9), name: file.name };
  } catch { find("[data-file]").value = ""; failing(filled(words["chat.picture_unreadable"], { name: file.name })); return; }
  find("[data-preview-image]").src = picture.url;
  find("[data-preview-name]").textContent = file.name;
  find("[data-preview]").hidden = false;
  ready(); input.focus();
}
find("[data-file]").addEventListener("change", event => take(event.target.files));
input.addEventListener("paste", event => { const files = event.clipboardData.files; if (files.length) { event.preventDefault(); take(files); } });
let dragging = 0;
const carries = event => event.dataTransfer && Array.from(event.dataTransfer.types).includes("Files");
app.addEventListener("dragenter", event => { if (carries(event)) { event.preventDefault(); dragging++; find("[data-drop]").hidden = false; } });
app.addEventListener("dragover", event => { if (carries(event)) event.preventDefault(); });
app.addEventListener("dragleave", event => { if (carries(event) && --dragging <= 0) { dragging = 0; find("[data-drop]").hidden = true; } });
app.addEventListener("drop", event => { if (carries(event)) { event.preventDefault(); dragging = 0; find("[data-drop]").hidden = true; take(event.dataTransfer.files); } });

// Buttons -----------------------------------------------------------------------------------------------------------
function show(dialog) { if (!dialog.open) dialog.showModal(); }
all("dialog").forEach(dialog => dialog.addEventListener("click", event => { if (event.target === dialog) dialog.close(); }));

async function press(what, button) {
  const notice = find("[data-cart-notice]");
  notice.hidden = true;
  if (button) button.setAttribute("aria-busy", "true");
  try {
    const reply = await server.press({ conversation: chat, language: words.language, ...what });
    if (reply.lost) { await open({ conversation: null }); return null; }
    if (reply.cart) showCart(reply.cart);
    if (reply.notice) { if (find("[data-cart]").open) { notice.textContent = reply.notice; notice.hidden = false; } else toast(reply.notice); return null; }
    return reply;
  } catch { toast(words["chat.failed"]); return null; }
  finally { if (button) button.removeAttribute("aria-busy"); }
}

doers({
  say: button => send(button.dataset.say),
  skip: () => input.focus(),
  latest: () => follow(true),
  retry: button => { button.closest(".turn").remove(); send(button.dataset.say); },
  dismiss: () => tellParent("close"),
  cart: () => show(find("[data-cart]")),
  close: button => button.closest("dialog").close(),
  unpicture: () => { unpicture(); input.focus(); },
  more: button => { button.previousElementSibling.classList.add("cards-all"); button.remove(); },
  new: async () => { store.set("conversation", null); busy = null; log.replaceChildren(); await open(); input.focus(); },
  language: async button => { store.set("language", button.dataset.language); chosen = true; await open({ language: button.dataset.language, chosen: true }); },
  add: async button => {
    const name = button.querySelector(".add-label");
    const reply = await press({ kind: "add", product: button.dataset.product, variant: button.dataset.variant }, button);
    if (!reply) return;
    toast(words["cart.toast_added"]);
    button.classList.add("is-added"); name.textContent = words["product.added"];
    setTimeout(() => { button.classList.remove("is-added"); name.textContent = words["product.add"]; }, 2200);
  },
  quantity: button => press({ kind: "quantity", variant: button.dataset.variant, quantity: Number(button.dataset.quantity) }, button),
  checkout: button => { find("[data-cart]").close(); send(button.dataset.say); },
  confirm: button => send(button.dataset.say, { kind: "confirm" }),
  cancel: button => send(button.dataset.say, { kind: "cancel" }),
  thumb: async button => {
    const on = button.getAttribute("aria-pressed") === "true";
    const reply = await press({ kind: "thumb", turn: button.dataset.turn, verdict: on ? null : button.dataset.verdict }, button);
    if (!reply) return;
    all(".thumb", button.parentElement).forEach(other => other.setAttribute("aria-pressed", String(other === button && !on)));
    if (!on) toast(words["feedback.thanks"]);
  },
  detail: button => openDetail(button.dataset.product),
});
async function openDetail(product) {
  const body = find("[data-detail-body]");
  body.replaceChildren(fragment('<div class="bubble typing"><i></i><i></i><i></i></div>'));
  show(find("[data-detail]"));
  try { fill(body, (await server.product({ conversation: chat, product, language: words.language })).html); }
  catch { body.textContent = words["chat.failed"]; }
}
element.addEventListener("change", event => {
  if (event.target.name !== "variant") return;
  const form = event.target.closest("form"), given = event.target.dataset, add = form.querySelector(".add");
  form.querySelector("strong[data-price]").textContent = given.price;
  form.querySelector("span[data-stock]").textContent = given.stock;
  add.dataset.variant = event.target.value; add.disabled = Number(given.left) <= 0;
  const picture = form.closest(".detail").querySelector("img");
  if (given.picture && picture.getAttribute("src") !== given.picture) picture.src = given.picture;
});
window.addEventListener("message", event => {
  if (event.source !== window.parent || event.data?.type !== "shopclerk:say") return;
  if (event.origin === location.origin && busy === null && chat) send(String(event.data.text)); else { input.value = String(event.data.text); grow(); ready(); }
});
window.addEventListener("storage", event => { if (event.key === "shopclerk.customer") { store.set("conversation", null); log.replaceChildren(); open(); } });
const framed = window.parent !== window;
if (framed) app.classList.add("framed");
const tellParent = type => { if (framed) window.parent.postMessage({ type: "shopclerk:" + type }, "*"); };
words = props.words;
open();
