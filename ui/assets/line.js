// The line to the shop: an outbox for what is sent, and one stream of all that happens in the conversation.
const SILENCE_MS = 25000, GIVE_UP_MS = 300000, HIDDEN_MS = 300000;
const wakers = new Set();
// Waits, unless something happens that makes trying again worth while.
const pause = ms => new Promise(done => {
  const end = () => { clearTimeout(timer); wakers.delete(end); done(); }, timer = setTimeout(end, ms);
  wakers.add(end);
});
function wake() { for (const waker of Array.from(wakers)) waker(); }
const backoff = tries => Math.min(15000, 500 * 2 ** tries) * (0.7 + Math.random() * 0.3);

// Other scripts hear of what the stream brings: hears("state", state => …).
const hearers = {};
function hears(name, hearer) { (hearers[name] ??= []).push(hearer); }

// off: true, or what the shop says instead.
function lost(said) { if (!off || (said && off !== said)) { off = said || true; showState(); for (const each of outbox) showWaiting(each); } }
function found() { if (off) { off = false; showState(); } }
addEventListener("online", wake);
function looked() { if (!document.hidden) { wake(); if (chat && !stream) listen(); } }
document.addEventListener("visibilitychange", looked);
addEventListener("focus", looked);

// The stream ---------------------------------------------------------------------------------------------------------
let stream = null;
function unlisten() { stream?.abort(); stream = null; }

async function listen() {
  unlisten();
  const mine = stream = new AbortController();
  for (let tries = 0; stream === mine;) {
    let silence, heard = false, refused = null;
    const alive = () => { clearTimeout(silence); silence = setTimeout(() => current.abort(), SILENCE_MS); };
    const current = new AbortController();
    if (busy !== null) busy.told = true; // whatever this stream tells is newer than the receipt
    mine.signal.addEventListener("abort", () => current.abort(), { once: true });
    try {
      alive();
      const reply = await fetch(`stream?after=${cursor}&language=${encodeURIComponent(words.language)}`, { headers: { "X-Conversation": chat, Accept: "text/event-stream" }, signal: current.signal, cache: "no-store" });
      if (reply.status === 404) { if (stream === mine) open({ conversation: null }); return; }
      if (!reply.ok) throw await refusal(reply);
      for await (const [name, told] of eventsOf(reply.body, alive)) {
        if (stream !== mine) return;
        if (!heard) { heard = true; tries = 0; found(); pump(); }
        if (name === "elsewhere") { stream = null; return; } // newer windows have the places: this one comes again when it is looked at
        hear(name, told);
      }
    } catch (error) { refused = error; /* it comes again below */ }
    finally { clearTimeout(silence); current.abort(); }
    if (stream !== mine) return;
    if (document.hidden && performance.now() - hiddenAt > HIDDEN_MS && !human && busy === null) { stream = null; return; }
    if (!heard || tries) lost(refused?.said);
    await pause(refused?.after * 1000 || backoff(tries++));
  }
}
let hiddenAt = performance.now();
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) return;
  hiddenAt = performance.now();
  // A page in the background costs a connection; it keeps one only while somebody may write.
  setTimeout(() => { if (document.hidden && performance.now() - hiddenAt >= HIDDEN_MS && !human && busy === null) unlisten(); }, HIDDEN_MS + 100);
});

async function* eventsOf(body, alive) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    alive();
    text += value;
    const blocks = text.split(/\r?\n\r?\n/);
    text = blocks.pop();
    for (const block of blocks) {
      const lines = block.split(/\r?\n/), of = field => lines.filter(line => line.startsWith(field + ": ")).map(line => line.slice(field.length + 2));
      if (of("event").length) yield [of("event")[0], JSON.parse(of("data").join("\n"))];
    }
  }
}

function hear(name, told) {
  const near = atEnd(), asked = busy !== null;
  for (const hearer of hearers[name] ?? []) hearer(told);
  if (name === "lost") open({ conversation: null });
  if (name === "parts" || name === "turn") { if (near) follow(false, asked); else latest(); }
}

const answered = new Set();
function noteAnswers(parts) { for (const { key } of parts) if (key.startsWith("a-")) answered.add(key.slice(2)); }
hears("parts", told => {
  placed(told.parts);
  cursor = Math.max(cursor, told.cursor);
  noteAnswers(told.parts);
  for (const id of told.replaced) markReplaced(id);
  if (told.parts.some(({ html }) => !html.includes("turn-shopper"))) unseen(told.parts.length);
  if (busy !== null && answered.has(busy.id)) turnEnded(told.language);
  showWelcome();
});
hears("cart", cartTold);
hears("turn", told => {
  if (answered.has(told.id)) return;
  if (busy === null) { busy = { id: told.id }; ready(); }
  if (busy.id === told.id) busy.told = true;
  placed(told.parts);
});
// Once the shop has told that a reply is under way (busy.told), it also tells that it is no more: then without an answer.
hears("state", state => {
  human = state.human; modelReady = state.model;
  if (state.running && !answered.has(state.running) && busy === null) { busy = { id: state.running }; dots(state.running); }
  if (busy !== null && state.running === busy.id) busy.told = true;
  else if (busy?.told) { if (!answered.has(busy.id)) turnOf("a-" + busy.id)?.remove(); turnEnded(); }
  showState(); ready();
});

function turnEnded(language) {
  busy = null;
  ready();
  if (language && language !== words.language && !chosen) open({ language });
  pump();
}

function unseen(count) {
  tellParent("news", { count });
  if (document.hidden) document.title = "● " + title;
}

// The outbox ---------------------------------------------------------------------------------------------------------
// What has been written and is not known to have arrived, oldest first. Kept for a reload; an id keeps it from arriving twice.
// Tabs share what is kept, so each changes its own entries alone.
function kept() { try { return JSON.parse(store.get("outbox") ?? "[]"); } catch { return []; } }
function keepAll(entries) { store.set("outbox", entries.length ? JSON.stringify(entries) : null); }
function keep(...entries) { keepAll([...kept().filter(other => !entries.some(entry => entry.id === other.id)), ...entries]); }
function unkeep(id) { keepAll(kept().filter(other => other.id !== id)); }
let outbox = kept(), pumping = false;
// A conversation that is gone: what waits goes into the new one.
function outboxMoved() {
  answered.clear(); busy = null;
  for (const id of untold()) if (!outbox.some(entry => entry.id === id)) delete turnOf("m-" + id).dataset.untold;
}
// Out of a conversation, into another: what is written before that is there waits for it.
function leave() { unlisten(); outboxMoved(); chat = null; log.replaceChildren(); }

function send(text, extra = {}) {
  text = text.trim();
  if (!text && !extra.picture) return false;
  if (text.length > limits.message) { failing(filled(words["chat.too_long"], { count: text.length, limit: limits.message })); return false; }
  failing("");
  const entry = { id: unique(), text, at: Date.now(), ...extra };
  outbox.push(entry);
  keep(entry);
  own(entry);
  if (entry.replaces) markReplaced(entry.replaces);
  if (off) showWaiting(entry);
  showWelcome(); follow(true);
  setTimeout(pump); // drawn first
  if (chat && !stream) listen();
  return true;
}

function outboxShown() {
  for (const entry of outbox) { if (!turnOf("m-" + entry.id)) own(entry); showWaiting(entry); }
}

function showWaiting(entry, state = entry.failed ? "failed" : off || entry.tried ? "waiting" : "") {
  const article = turnOf("m-" + entry.id);
  if (!article) return;
  let note = find("[data-own-state]", article);
  article.dataset.state = state || "queued";
  if (!state) { note?.remove(); return; }
  if (!note) { note = find("[data-own-note]").content.firstElementChild.cloneNode(true); label(words, note); article.append(note); }
  find("[data-own-text]", note).textContent = state === "failed" ? words["chat.unsent"] : entry.why || words["chat.waiting"];
  for (const button of all("button", note)) button.hidden = state !== "failed";
}

async function pump() {
  if (pumping || !chat) return;
  pumping = true;
  try {
    for (let tries = 0; chat && outbox.length && busy === null;) {
      const entry = outbox[0];
      if (entry.failed) break;
      const slow = setTimeout(() => { entry.tried = true; showWaiting(entry); }, 2500);
      let reply;
      if (!human) dots(entry.id);
      try { reply = await post("send", { conversation: chat, language: words.language, ...entry, page: seen }); }
      catch (error) { reply = { state: error.status && error.status < 500 && error.status !== 429 ? "bad" : "unsent", wait: error.after, notice: error.said }; }
      clearTimeout(slow);
      if (outbox[0] !== entry) continue;
      if (reply.state === "unsent" || reply.wait) {
        entry.tried = true; entry.why = reply.notice;
        turnOf("a-" + entry.id)?.remove();
        if (!reply.wait) lost();
        if (!reply.wait && Date.now() - entry.at > GIVE_UP_MS) { giveUp(); break; }
        for (const each of outbox) showWaiting(each);
        keep(entry);
        await pause(reply.wait ? reply.wait * 1000 : backoff(tries++));
        continue;
      }
      tries = 0;
      if (reply.state === "lost") { turnOf("a-" + entry.id)?.remove(); pumping = false; await open({ conversation: null }); return; }
      if (reply.state === "bad") { turnOf("a-" + entry.id)?.remove(); entry.failed = true; showWaiting(entry); keep(entry); break; }
      outbox.shift();
      unkeep(entry.id);
      arrived(entry, reply);
    }
  } finally { pumping = false; ready(); }
}

function arrived(entry, reply) {
  found();
  const article = turnOf("m-" + entry.id);
  if (article) { delete article.dataset.state; find("[data-own-state]", article)?.remove(); }
  if (reply.state === "running" && !answered.has(entry.id)) { busy = { id: entry.id }; if (!human) dots(entry.id); ready(); if (!scrolledAway) follow(); return; }
  if (reply.state === "refused") delete article?.dataset.untold; // the record never tells of it
  const waiting = turnOf("a-" + entry.id);
  if (reply.state !== "done" && waiting && !answered.has(entry.id)) waiting.remove();
  if (reply.parts) { place(log, reply.parts); follow(); }
}

function giveUp() {
  for (const each of outbox) { each.failed = true; showWaiting(each); }
  keep(...outbox);
}

function markReplaced(id) {
  const mine = turnOf("m-" + id);
  mine?.classList.add("is-replaced");
  turnOf("a-" + id)?.classList.add("is-replaced");
  if (!mine || find(".own-note", mine)) return;
  find(".own-edit", mine)?.remove();
  const note = document.createElement("p");
  note.className = "own-note"; note.textContent = words["chat.replaced"];
  mine.append(note);
}

doers({
  resend: () => { for (const each of outbox) { delete each.failed; each.at = Date.now(); showWaiting(each); } keep(...outbox); wake(); pump(); },
  unsend: button => {
    const key = button.closest(".turn").dataset.key;
    outbox = outbox.filter(entry => "m-" + entry.id !== key);
    turnOf(key)?.remove(); unkeep(key.slice(2)); showWelcome(); wake(); pump();
  },
  stop: async () => {
    if (busy === null) return;
    try { await post("stop", { conversation: chat, id: busy.id }); } catch (error) { toast(error.said || words["chat.failed"]); }
    input.focus();
  },
  edit: button => {
    const article = button.closest(".turn"), id = article.dataset.key.slice(2);
    const unsent = outbox.find(entry => entry.id === id);
    input.value = find(".said", article).textContent;
    if (unsent) { outbox = outbox.filter(entry => entry !== unsent); unkeep(id); article.remove(); wake(); } else replacing(id);
    grow(); ready(); input.focus();
  },
});

// Writing the last message anew.
let replaced = null;
function replacing(id) {
  replaced = id;
  find("[data-editing]").hidden = id === null;
}
doers({ unedit: () => { replacing(null); input.value = ""; grow(); ready(); input.focus(); } });
