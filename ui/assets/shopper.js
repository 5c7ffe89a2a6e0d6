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
