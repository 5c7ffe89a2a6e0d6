// The open conversation: opened at its newest message, kept fresh by the stream, answered from the box below it.
const aboutLine = inLine();
let opened = 0, pasts = 0, asked = -1, facts = {}, translates = false, foreign = "", drafts = {}, canned = [], mode = "reply", typedAt = 0, chosen = 0;
const menu = find("[data-canned-menu]");

async function open(id) {
  if (ticket) drafts[ticket] = input.value;
  typing(false);
  opened++;
  ticket = id; cursor = 0; asked = -1; mine = false; foreign = "";
  setMode("reply");
  log.replaceChildren();
  for (const name of ["head", "tags", "present", "suggestions", "customer"]) region(name).replaceChildren();
  input.value = drafts[id] ?? "";
  find("[data-nothing]").hidden = true; find("[data-talk]").hidden = false; find("[data-aside]").hidden = false;
  for (const part of ["[data-composer]", "[data-help]", "[data-note]"]) find(part).hidden = true;
  app.classList.add("with-help");
  app.classList.remove("mine");
  app.dataset.view = "talk";
  current();
  log.setAttribute("aria-busy", "true");
  const meanwhile = early = [];
  let reply;
  try { reply = await server.open({ ticket: id, tab, language: words.language }); } catch { reply = null; }
  if (early !== meanwhile) return; // another has been opened
  early = null;
  log.removeAttribute("aria-busy");
  if (!reply) return again();
  if (reply.refused) return toast(reply.refused);
  showTalk(reply);
  showAbout(reply);
  scroller.scrollTop = scroller.scrollHeight;
  if (!reply.held) connect(); else meanwhile.forEach(hear);
}

function showTalk(news) {
  const near = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 140;
  for (const name of ["head", "tags", "present"]) if (name in news) fill(region(name), news[name]);
  if (news.parts?.length) { place(log, news.parts); pending(); if (near) scroller.scrollTop = scroller.scrollHeight; }
  if ("cursor" in news) cursor = news.cursor;
  if ("foreign" in news) foreign = news.foreign;
  const taken = news.mine && !mine;
  if ("mine" in news) { mine = news.mine; find("[data-help]").hidden = !mine; app.classList.toggle("mine", mine); }
  if ("state" in news || "mine" in news) composing();
  if ("note" in news) { const note = find("[data-note]"); note.hidden = !news.note; note.textContent = news.note; }
  if (news.asked && news.asked !== asked) { const first = asked < 0; asked = news.asked; if (!first) renewAbout(); if (mine) suggest(); }
  else if (taken) suggest();
  tick(); ready();
}

function composing() {
  find("[data-composer]").hidden = false;
  find('[data-mode="reply"]').hidden = !mine;
  if (!mine) setMode("note"); else if (mode === "note" && !input.value) setMode("reply");
  const button = find('[data-do="translate-mine"]');
  button.hidden = !(mine && foreign);
  button.textContent = words["agent.translate_mine"];
  button.title = translates ? "" : words["agent.translate_off"];
}

function setMode(name) {
  mode = name;
  for (const button of all("[data-do=mode]")) button.setAttribute("aria-pressed", String(button.dataset.mode === name));
  find("[data-composer]").classList.toggle("writing-note", name === "note");
  input.placeholder = words[name === "note" ? "agent.note_placeholder" : "agent.reply_placeholder"];
  find("[data-send] span").textContent = words[name === "note" ? "agent.note_add" : "agent.send"];
  ready();
}

function showAbout(reply) {
  if (reply.customer === undefined) return;
  fill(region("customer"), reply.customer);
  facts = reply.facts; translates = reply.translates;
  composing(); tick();
}
let renewing;
function renewAbout() {
  clearTimeout(renewing);
  const now = opened;
  renewing = setTimeout(() => aboutLine(async () => { try { const reply = await server.about({ ticket, language: words.language }); if (now === opened) showAbout(reply); } catch { /* the stream says so */ } }), 600);
}

function ready() { find("[data-send]").disabled = !input.value.trim() || (mode === "reply" && !mine); }

async function act(kind, extra, button) {
  if (button) button.setAttribute("aria-busy", "true");
  let done = false;
  try {
    const reply = await server.act({ kind, ticket, language: words.language, ...extra });
    if (reply.why === "signed_out") signedOut();
    if (reply.refused) toast(reply.refused); else done = true;
  } catch { toast(words["agent.failed"]); }
  if (button) button.removeAttribute("aria-busy");
  for (const open of all(".talk-head details[open]")) open.open = false;
  return done;
}

async function send() {
  const text = input.value.trim();
  if (!text) return;
  if (mode === "note") { if (await act("note", { text }, find("[data-send]"))) { input.value = ""; composing(); } }
  else if (mine) {
    const along = await beforeSending(text);
    if (!along || input.value.trim() !== text) return;
    input.value = ""; typing(false); sendOff(text, along); afterSending();
    scroller.scrollTop = scroller.scrollHeight;
  }
  ready(); input.focus();
}
find("[data-composer]").addEventListener("submit", event => { event.preventDefault(); send(); });
find("[data-tag-form]").addEventListener("submit", async event => {
  event.preventDefault();
  const box = find("input", event.target);
  if (box.value.trim() && await act("tag", { value: box.value })) box.value = "";
});

function typing(on) {
  if (on && Date.now() - typedAt < 2500) return;
  if (!on && !typedAt) return;
  typedAt = on ? Date.now() : 0;
  server.typing({ tab, typing: on }).catch(() => {});
}

// A "/" and what follows it choose a reply written once; {name}, {order} and {agent} are filled in.
function slash() { return /(?:^|\s)\/([\w\p{L}-]*)$/u.exec(input.value.slice(0, input.selectionStart)); }
function offer() {
  const typed = slash(), fits = typed ? canned.filter(one => one.name.includes(typed[1].toLowerCase())).slice(0, 8) : [];
  menu.hidden = !fits.length;
  chosen = Math.min(chosen, Math.max(0, fits.length - 1));
  menu.replaceChildren(...fits.map((one, at) => {
    const row = document.createElement("button"), name = document.createElement("strong"), text = document.createElement("span");
    row.type = "button"; row.className = "canned-choice"; row.id = `ag-canned-${at}`; row.dataset.do = "canned-use"; row.dataset.name = one.name;
    row.setAttribute("role", "option"); row.setAttribute("aria-selected", String(at === chosen));
    name.textContent = `/${one.name}`; text.textContent = one.text;
    row.append(name, text);
    return row;
  }));
  if (fits.length) input.setAttribute("aria-activedescendant", `ag-canned-${chosen}`); else input.removeAttribute("aria-activedescendant");
  return fits;
}
function useCanned(name) {
  const one = canned.find(each => each.name === name), typed = slash(), at = input.selectionStart;
  if (!one || !typed) return;
  const text = filled(one.text, { name: facts.name || words["agent.canned_nobody"], order: facts.order || words["agent.canned_no_order"], agent: me });
  const begin = at - typed[1].length - 1;
  input.setRangeText(text, begin, at, "end");
  offer(); ready(); input.focus();
}
input.addEventListener("input", () => { chosen = 0; offer(); ready(); if (mine && mode === "reply") typing(Boolean(input.value.trim())); });
input.addEventListener("blur", () => setTimeout(() => { menu.hidden = true; }, 200));
input.addEventListener("keydown", event => {
  if (event.isComposing || event.keyCode === 229) return;
  const fits = menu.hidden ? [] : offer();
  if (fits.length && (event.key === "ArrowDown" || event.key === "ArrowUp")) { event.preventDefault(); chosen = (chosen + (event.key === "ArrowDown" ? 1 : fits.length - 1)) % fits.length; offer(); }
  else if (fits.length && (event.key === "Enter" || event.key === "Tab")) { event.preventDefault(); useCanned(fits[chosen].name); }
  else if (event.key === "Escape") { event.stopPropagation(); if (fits.length) menu.hidden = true; else input.blur(); }
  else if (event.key === "Enter" && !event.shiftKey) { event.preventDefault(); send(); }
});

async function translate(button) {
  const box = button.closest("[data-translation]"), id = ticket;
  button.setAttribute("aria-busy", "true");
  try {
    const reply = await server.translate({ ticket: id, cursor: Number(button.dataset.cursor), language: words.language });
    if (reply.refused) toast(reply.refused); else fill(box, reply.html);
  } catch { toast(words["agent.failed"]); }
  button.removeAttribute("aria-busy");
}
async function translateMine(button) {
  const text = input.value.trim(), id = ticket;
  if (!text) return toast(words["agent.translate_first"]);
  button.setAttribute("aria-busy", "true");
  try {
    const reply = await server.translate({ ticket: id, text, language: words.language });
    if (reply.refused) toast(reply.refused);
    else if (id === ticket && input.value.trim() === text) { input.value = reply.text; ready(); input.focus(); toast(words["agent.translated_mine"]); }
  } catch { toast(words["agent.failed"]); }
  button.removeAttribute("aria-busy");
}

async function past(button) {
  const sheet = find("[data-past]"), call = ++pasts;
  region("past").replaceChildren();
  try {
    const reply = await server.past({ conversation: button.dataset.conversation, language: words.language });
    if (call !== pasts) return; // another was asked for
    if (reply.refused) return toast(reply.refused);
    fill(region("past"), reply.html);
    if (!sheet.open) sheet.showModal();
    tick();
    region("past").scrollTop = region("past").scrollHeight;
  } catch { toast(words["agent.failed"]); }
}
