// The agent console: keeps the queue and the open conversation fresh, and sends what the agent writes.
const app = find(".clerk"), log = find("[data-log]"), scroller = find("[data-scroller]"), input = find("[data-input]");
const region = name => find(`[data-region="${name}"]`);
let words = props.words, ticket = null, cursor = 0, asked = -1, mine = false, timer, running = null, drafts = {};

async function hello(language) {
  const reply = await server.hello({ language });
  words = reply.words;
  label(words);
  find("[data-me]").textContent = reply.me;
}

function failing(text) { const box = find("[data-error]"); box.textContent = text; box.hidden = !text; }

async function refresh() {
  clearTimeout(timer);
  const now = ticket;
  try {
    running = server.refresh({ language: words.language, ticket: now, after: cursor });
    const news = await running;
    failing("");
    fill(region("queue"), news.queue);
    if (news.head && now === ticket) show(news);
    app.dataset.ready = "yes";
  } catch { failing(words["agent.offline"]); }
  clearTimeout(timer);
  timer = setTimeout(refresh, document.hidden ? 5000 : 1500);
}

function show(news) {
  const near = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 120 || cursor === 0;
  fill(region("head"), news.head);
  place(log, news.parts);
  cursor = news.cursor; mine = news.mine;
  find("[data-composer]").hidden = !mine;
  const note = find("[data-note]");
  note.hidden = !news.note; note.textContent = news.note;
  find("[data-help]").hidden = !mine;
  app.classList.toggle("with-help", mine);
  if (news.parts.length && near) scroller.scrollTop = scroller.scrollHeight;
  if (mine && news.asked !== asked) { asked = news.asked; suggest(); }
  ready();
}

function open(id) {
  if (ticket) drafts[ticket] = input.value;
  ticket = id; cursor = 0; asked = -1; mine = false;
  log.replaceChildren(); region("suggestions").replaceChildren();
  input.value = drafts[id] ?? "";
  find("[data-nothing]").hidden = true; find("[data-talk]").hidden = false;
  find("[data-composer]").hidden = true; find("[data-help]").hidden = true;
  app.dataset.view = "talk";
  refresh();
}

async function act(kind, extra, button) {
  if (button) button.setAttribute("aria-busy", "true");
  let done = false;
  try {
    const reply = await server.act({ kind, ticket, ...extra });
    if (reply.refused) toast(reply.refused); else done = true;
  } catch { toast(words["agent.failed"]); }
  if (button) button.removeAttribute("aria-busy");
  await refresh();
  return done;
}

function ready() { find("[data-send]").disabled = !mine || !input.value.trim(); }
input.addEventListener("input", ready);
input.addEventListener("keydown", event => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229) { event.preventDefault(); send(); }
});
find("[data-composer]").addEventListener("submit", event => { event.preventDefault(); send(); });
async function send() {
  const text = input.value.trim();
  if (!text || !mine) return;
  const button = find("[data-send]");
  button.disabled = true;
  const along = await beforeSending(text);
  if (along && await act("send", { text, ...along }, button)) { afterSending(); if (input.value.trim() === text) input.value = ""; scroller.scrollTop = scroller.scrollHeight; }
  ready(); input.focus();
}

doers({
  open: button => open(button.dataset.ticket),
  back: () => { app.dataset.view = "queue"; },
  take: async button => { if (await act("take", {}, button)) input.focus(); },
  close: () => find("[data-ask]").showModal(),
  keep: () => find("[data-ask]").close(),
  "really-close": async () => { find("[data-ask]").close(); await act("close", {}); },
  suggest,
  language: async button => { store.set("staff-language", button.dataset.language); await hello(button.dataset.language); cursor = 0; asked = -1; await refresh(); },
});
label(words);
hello(store.get("staff-language") ?? (navigator.language || "en")).catch(() => {}).then(refresh);
