// The shopper's page: sends what is typed or pressed, and shows the parts that come back.
const app = find(".clerk"), log = find("[data-log]"), scroller = find("[data-scroller]"), input = find("[data-input]");
const limits = props.limits;
let words = props.words, chat = null, cursor = 0, human = false, modelReady = true, busy = null, picture = null, opened = false, off = false, seen = null;
let chosen = store.get("language") !== null;

const fromLink = new URLSearchParams(location.hash.slice(1));
// Whose conversation it may be, the shop decides by the token: it is another on every page that signs one.
if (fromLink.has("customer")) store.set("customer", fromLink.get("customer") || null);
const token = () => fromLink.has("customer") ? fromLink.get("customer") : store.get("customer");
if (fromLink.has("language")) { store.set("language", fromLink.get("language")); chosen = true; }
if (location.hash) history.replaceState(null, "", location.pathname + location.search);
const title = document.title;
document.addEventListener("visibilitychange", () => { if (!document.hidden) document.title = title; });
const firstLanguage = () => store.get("language") ?? (navigator.language || "en");

let cartsTold = 0;
function showCart(cart) {
  fill(find("[data-cart-body]"), cart.html);
  const count = find("[data-cart-count]");
  if (count.textContent !== String(cart.count)) { count.classList.remove("bump"); void count.offsetWidth; count.classList.add("bump"); }
  count.textContent = cart.count;
  count.hidden = cart.count === 0;
  find("[data-cart-button]").setAttribute("aria-label", filled(words["cart.open"], { count: cart.count }));
}
function cartTold(cart) { cartsTold++; showCart(cart); }

function showState() {
  const pill = find("[data-pill]");
  const text = off ? off === true ? words["chat.offline"] : off : human ? words["chat.human_on"] : modelReady === true ? "" : words["chat." + modelReady] ?? "";
  pill.hidden = !text;
  pill.classList.toggle("pill-human", human && !off);
  pill.classList.toggle("pill-off", off);
  app.classList.toggle("with-human", human);
  app.dataset.line = off ? "off" : "on";
  find("[data-pill-text]").textContent = text;
}

function showWelcome() { find("[data-welcome]").hidden = log.children.length > 0; }

let opening = null, begin;
const begun = new Promise(done => { begin = done; });
function open(again = {}) {
  begin();
  const mine = opening = reopen(again, () => opening !== mine);
  return mine;
}

// The conversation's id, once it is open: what is pressed before waits for it.
async function there() {
  await begun;
  while (chat === null) await opening;
  return chat;
}

// Begins or resumes the conversation, as often as it takes; a later call takes over from an earlier one.
async function reopen(again, overtaken) {
  await Promise.resolve();
  let reply, tries = 0, older = 0;
  while (!reply) {
    try {
      reply = await server.open_chat({ conversation: store.get("conversation"), token: token(), language: firstLanguage(), page: seen, ...again });
    } catch (error) { if (overtaken()) return; lost(error.said); await pause(error.after * 1000 || backoff(tries++)); }
    if (overtaken()) return;
    if (reply?.conversation === chat && reply.cursor < cursor && ++older < 3) reply = null; // the stream has told more meanwhile
  }
  if (chat !== null && chat !== reply.conversation) outboxMoved(reply.conversation);
  chat = reply.conversation;
  store.set("conversation", chat);
  words = reply.words;
  label(words);
  fill(find("[data-welcome]"), reply.welcome);
  const kept = new Set([...reply.parts.map(part => part.key), ...untold().flatMap(pair), "a-" + busy?.id]);
  for (const child of Array.from(log.children)) if (!kept.has(child.dataset.key)) child.remove();
  placed(reply.parts);
  noteAnswers(reply.parts);
  if (answered.has(busy?.id)) busy = null;
  outboxShown();
  cursor = reply.cursor; human = reply.human; modelReady = reply.model;
  cartTold(reply.cart);
  const who = find("[data-customer]");
  who.hidden = !reply.customer;
  who.textContent = reply.customer ?? "";
  find("[data-opening]").hidden = true;
  found();
  app.dataset.ready = "yes";
  showWelcome(); showState(); if (!opened) restored() || follow(true); else follow(true); ready();
  if (!opened) { opened = true; tellParent("ready"); if (fromLink.has("product")) openDetail(fromLink.get("product")); }
  listen();
  pump();
}

function ready() {
  find("[data-send]").disabled = !(input.value.trim() || picture);
  find("[data-stop]").hidden = busy === null;
}

function failing(text, kind = "input") {
  const box = find("[data-error]");
  if (!text && box.dataset.kind && box.dataset.kind !== kind) return;
  box.dataset.kind = text ? kind : "";
  box.textContent = text;
  box.hidden = !text;
}

// A message of the shopper's as it is shown before the shop has it: the shop's own version takes its place later.
function own(entry) {
  const article = find("[data-own]").content.firstElementChild.cloneNode(true);
  article.dataset.key = "m-" + entry.id;
  article.dataset.state = "queued";
  article.dataset.untold = "";
  article.setAttribute("aria-label", words["chat.you"]);
  const image = find("img", article), said = find(".said", article);
  if (entry.picture) { image.src = entry.picture; image.alt = words["chat.your_picture"]; } else image.remove();
  if (entry.text) said.textContent = entry.text; else { said.remove(); find(".own-edit", article)?.remove(); }
  if (entry.text) find(".own-edit", article).textContent = words["chat.edit"];
  log.append(article);
  return article;
}

function dots(id) {
  if (turnOf("a-" + id)) return;
  const waiting = document.createElement("article");
  waiting.className = "turn turn-assistant"; waiting.dataset.key = "a-" + id;
  waiting.append(fragment('<div class="bubble typing"><i></i><i></i><i></i></div>'));
  const mine = turnOf("m-" + id);
  if (mine) mine.after(waiting); else log.append(waiting);
}
// The record's order is the order here. One's own messages that it has not told yet come last, each with its answer:
// what is told before them was said before they arrived.
const untold = () => all("[data-untold]", log).map(mine => mine.dataset.key.slice(2)), pair = id => ["m-" + id, "a-" + id];
function placed(parts) {
  const own = untold(), told = new Set(parts.map(part => part.key)), right = new Set();
  place(log, parts);
  for (const key of told) {
    const id = key.slice(2), mine = own.includes(id);
    if (!mine || told.has("m-" + id)) right.add(key);
    if (mine && key === "m-" + id && !told.has("a-" + id)) right.add("a-" + id);
  }
  for (const key of own.flatMap(pair)) right.add(key);
  const there = Array.from(right, turnOf).filter(Boolean);
  if (there.some((turn, at) => at > 0 && there[at - 1].compareDocumentPosition(turn) & Node.DOCUMENT_POSITION_PRECEDING)) log.append(...there);
}
const turnOf = key => Array.from(log.children).find(child => child.dataset.key === key);

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
// answered: the reply has just ended, and is read from its beginning.
function follow(jump = false, answered = false) {
  if (jump) scrolledAway = false;
  const asked = all(".turn-shopper", log).pop();
  const end = scroller.scrollHeight - scroller.clientHeight;
  const top = asked && (busy !== null || answered) ? asked.offsetTop - 20 : end;
  scroller.scrollTo({ top: Math.min(end, top), behavior: jump && !matchMedia("(prefers-reduced-motion: reduce)").matches && log.children.length > 2 && busy !== null ? "smooth" : "auto" });
}
function latest() { find("[data-latest]").hidden = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 60; }
