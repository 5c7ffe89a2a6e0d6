// The list: rows in their order, filters, search, and what calls for attention: title, sound, notification.
const list = find("[data-list]"), inbox = find("[data-inbox]"), found = find("[data-found]"), search = find("[data-search] input");
const title = document.title;
let attention = 0, order = [], tone = null;

function showList(news) {
  if (news.rows) place(list, news.rows);
  if (news.order) {
    order = news.order;
    const known = new Map(Array.from(list.children, child => [child.dataset.key, child]));
    order.forEach((key, at) => { const row = known.get(key); if (row && list.children[at] !== row) list.insertBefore(row, list.children[at] ?? null); });
    for (const [key, row] of known) if (!order.includes(key)) row.remove();
  }
  if (news.filters) fill(region("filters"), news.filters);
  if ("empty" in news) fill(region("empty"), news.empty);
  if ("more" in news) { const more = find("[data-do=more]"); more.hidden = !news.more; more.textContent = news.more; }
  if ("attention" in news) { attention = news.attention; document.title = (attention ? `(${attention}) ` : "") + title; }
  current();
  tick();
  for (const alert of news.alerts ?? []) if (document.hidden || alert.ticket !== ticket) tell(alert);
}

function current() { for (const row of all(".ticket")) row.setAttribute("aria-current", String(row.dataset.ticket === ticket)); }

// "3 min", and what is left until an answer is due.
function span(seconds) {
  for (const [unit, size] of [["days", 86400], ["hours", 3600], ["minutes", 60]]) if (seconds >= size) return filled(words[`agent.${unit}`], { count: Math.floor(seconds / size) });
  return filled(words["agent.seconds"], { count: Math.max(0, Math.floor(seconds)) });
}
function tick() {
  const now = Date.now();
  for (const time of all("time[data-since]")) put(time, span((now - Date.parse(time.dataset.since)) / 1000), time.className);
  for (const time of all("time[data-due]")) {
    const due = Date.parse(time.dataset.due), left = (due - now) / 1000, whole = (due - Date.parse(time.dataset.opened)) / 1000;
    const state = left < 0 ? "late" : left < whole / 3 ? "soon" : "fine";
    put(time, filled(words[`inbox.clock_${left < 0 ? "late" : "left"}`], { time: span(Math.abs(left)) }), `clock clock-${state}`);
  }
}
function put(node, text, name) { if (node.textContent !== text) node.textContent = text; if (node.className !== name) node.className = name; }
setInterval(tick, 5000);

function view(name) { wanted.view = name; limit = 50; store.set("desk-view", name); for (const button of all(".views .view")) button.setAttribute("aria-pressed", String(button.dataset.viewName === name)); return look(); }
region("filters").addEventListener("change", event => { const name = event.target.dataset.narrow; if (name) { wanted[name] = event.target.value; limit = 50; look(); } });

find("[data-search]").addEventListener("submit", event => { event.preventDefault(); seek(); });
search.addEventListener("input", () => { if (!search.value) searchOff(); });
async function seek() {
  const asked = search.value.trim();
  if (asked.length < 2) return;
  inbox.hidden = true; found.hidden = false;
  region("found").setAttribute("aria-busy", "true");
  try { const reply = await server.find({ words: asked, language: words.language }); if (asked === search.value.trim()) fill(region("found"), reply.html); } catch { toast(words["agent.failed"]); }
  region("found").removeAttribute("aria-busy");
  current(); tick();
}
function searchOff() { search.value = ""; inbox.hidden = false; found.hidden = true; region("found").replaceChildren(); }

// Sound is off until it is wanted: two soft notes of our own making.
const sound = find("[data-sound]");
sound.checked = store.get("desk-sound") === "yes";
sound.addEventListener("change", () => { store.set("desk-sound", sound.checked ? "yes" : null); if (sound.checked) ring(); });
function ring() {
  try {
    tone ??= new AudioContext();
    [[660, 0], [880, .14]].forEach(([pitch, at]) => {
      const note = tone.createOscillator(), loud = tone.createGain(), begin = tone.currentTime + at;
      note.frequency.value = pitch; note.type = "sine";
      loud.gain.setValueAtTime(0, begin); loud.gain.linearRampToValueAtTime(.12, begin + .02); loud.gain.exponentialRampToValueAtTime(.001, begin + .32);
      note.connect(loud).connect(tone.destination); note.start(begin); note.stop(begin + .35);
    });
  } catch { /* no sound on this machine */ }
}
function tell(alert) {
  if (sound.checked) ring();
  if (store.get("desk-notify") === "yes" && "Notification" in window && Notification.permission === "granted") {
    const note = new Notification(alert.title, { body: alert.text, tag: alert.ticket });
    note.onclick = () => { window.focus(); open(alert.ticket); note.close(); };
  } else if (!document.hidden) toast(`${alert.title}: ${alert.text}`);
}
// The bell: what the team was told, and how much of it is newer than this agent's last look.
const bell = find("[data-bell-menu]");
let toldAt = [];
function showTold(news) { fill(region("told"), news.html); toldAt = news.at; tick(); countTold(); }
function countTold() {
  if (bell.open && toldAt.length) store.set("desk-told", String(toldAt[0]));
  const seen = Number(store.get("desk-told") ?? 0), fresh = toldAt.filter(at => at > seen).length, count = find("[data-bell-count]");
  count.textContent = fresh; count.hidden = !fresh;
  find("[data-bell]").setAttribute("aria-label", fresh ? filled(words["agent.alerts_new"], { count: fresh }) : words["agent.alerts"]);
}
bell.addEventListener("toggle", countTold);

async function notify() {
  if (!("Notification" in window)) return toast(words["agent.notify_cannot"]);
  const on = store.get("desk-notify") !== "yes", allowed = on ? await Notification.requestPermission() === "granted" : false;
  store.set("desk-notify", allowed ? "yes" : null);
  toast(words[allowed ? "agent.notify_on" : on ? "agent.notify_denied" : "agent.notify_off"]);
}
