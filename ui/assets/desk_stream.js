// The desk's one stream: it tells what changed in the list and in the open conversation. Lost, it is opened anew from
// where this page stands; what the agent sent meanwhile waits and is sent once.
const app = find(".clerk"), log = find("[data-log]"), scroller = find("[data-scroller]"), input = find("[data-input]");
const region = name => find(`[data-region="${name}"]`);
const tab = Array.from(crypto.getRandomValues(new Uint8Array(12)), byte => byte.toString(16).padStart(2, "0")).join("");
const wanted = { view: store.get("desk-view") ?? "open", tag: "", only_language: "" };
let words = props.words, me = "", leads = false, ticket = null, cursor = 0, mine = false, limit = 50;
let stream = null, retry = 400, retrying, heard = Date.now();
// What the stream tells of a conversation that is being opened waits for its beginning, which is older.
let early = null;

function failing(text) { const box = find("[data-error]"); box.textContent = text; box.hidden = !text; }
function standing() { return { tab, language: words.language, ...wanted, limit, ticket: ticket ?? "", visible: !document.hidden }; }

function connect() {
  clearTimeout(retrying);
  if (stream) stream.close();
  heard = Date.now();
  const now = new EventSource(`/agent/stream?${new URLSearchParams({ ...standing(), after: cursor })}`);
  stream = now;
  const on = (name, run) => now.addEventListener(name, event => { if (now !== stream) return; alive(); run(JSON.parse(event.data)); });
  on("beat", shown => { if (early) early.push(shown); else hear(shown); });
  on("list", showList);
  on("told", showTold);
  on("talk", news => { if (news.ticket === ticket) { if (early) early.push(news); else hear(news); } });
  on("out", signedOut);
  now.onerror = () => { if (now === stream) again(); };
}

// A beat names the conversation that the stream tells of. It is another where requests came in another order than they
// were made.
function hear(news) { if ("parts" in news) showTalk(news); else if (news.shows !== (ticket ?? "")) connect(); }

function alive() { heard = Date.now(); if (retry > 400) { retry = 400; failing(""); } app.dataset.ready = "yes"; deliver(); }

async function again() {
  stream.close();
  retry = Math.min(retry * 1.7, 5000);
  failing(words["agent.offline"]);
  clearTimeout(retrying);
  retrying = setTimeout(connect, retry);
  try { const page = await fetch("/agent/team", { redirect: "manual", cache: "no-store" }); if (page.type === "opaqueredirect") signedOut(); } catch { /* still offline */ }
}

function signedOut() { stream.close(); location.href = "/agent/sign-in"; }
setInterval(() => { if (Date.now() - heard > 25000) again(); }, 5000);
addEventListener("online", () => { if (retry > 400) connect(); });

// Another filter, a longer list, another tab in front: the stream goes on where its process has it, else anew.
const looks = inLine();
async function look() {
  try { if (!(await looks(() => server.look(standing()))).held) connect(); } catch { again(); }
}
document.addEventListener("visibilitychange", look);

// What was sent waits here until the server has it; its key keeps it from being put there twice.
let outbox = JSON.parse(session_("outbox") ?? "[]"), delivering = false;
function session_(key, value) {
  try { if (value === undefined) return sessionStorage.getItem("shopclerk.desk-" + key); sessionStorage.setItem("shopclerk.desk-" + key, value); } catch { return null; }
}
function keep() { session_("outbox", JSON.stringify(outbox)); }
function sendOff(text, along) {
  outbox.push({ key: `${tab}-${Date.now()}-${outbox.length}`, ticket, text, ...along });
  keep();
  pending();
  return deliver();
}
async function deliver() {
  if (delivering) return;
  delivering = true;
  while (outbox.length) {
    const one = outbox[0];
    let reply;
    try { reply = await server.act({ kind: "send", language: words.language, ...one }); } catch (lost) { if (lost.status === 401) signedOut(); break; }
    if (reply.why === "signed_out") { signedOut(); break; }
    outbox = outbox.filter(other => other !== one);
    keep();
    if (reply.refused) { toast(reply.refused); if (one.ticket === ticket && !input.value) { input.value = one.text; ready(); } }
    pending();
  }
  delivering = false;
}
setInterval(() => { if (outbox.length) deliver(); }, 2000);

// The open conversation's messages that are still on their way, at its end.
function pending() {
  for (const node of all(".turn-pending", log)) node.remove();
  for (const one of outbox.filter(one => one.ticket === ticket)) {
    const node = find("[data-pending]").content.firstElementChild.cloneNode(true);
    find(".agent-bubble", node).textContent = one.text;
    find(".hint", node).textContent = words["agent.pending"];
    log.append(node);
  }
}
