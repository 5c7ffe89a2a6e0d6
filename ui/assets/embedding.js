// The page in another shop's frame: what it and the page around tell each other; and its first opening.
const framed = window.parent !== window, HELLO_MS = 700;
if (framed) app.classList.add("framed");
let host = null; // the origin of the page around, once it has spoken
const trusted = origin => origin === location.origin || props.origins.includes(origin);
// What is nobody's secret may go to whoever frames us: only allowed sites can.
function tellParent(type, more = {}, origin = host ?? "*") { if (framed) window.parent.postMessage({ ...more, type: "shopclerk:" + type }, origin); }

// Where the browser keeps nothing for a framed page, the page around keeps it, in its own storage.
const KEPT = ["conversation", "customer", "language", "outbox"];
let blocked = false;
try { localStorage.setItem("shopclerk.probe", "1"); localStorage.removeItem("shopclerk.probe"); } catch { blocked = true; }
if (framed && blocked) {
  const set = store.set;
  store.set = (key, value) => { set(key, value); if (host !== null && KEPT.includes(key)) tellParent("keep", { key, value: value ?? null }, host); };
}
function takeKept(values) {
  if (!blocked || typeof values !== "object" || values === null) return;
  const mine = store.get("customer"), theirs = typeof values.customer === "string" ? values.customer : null;
  // Where the page around was too busy to answer in time, a conversation was begun here: one of which nothing was said.
  const late = opening !== null && !log.children.length && !outbox.length;
  for (const key of KEPT) if (typeof values[key] === "string" && (store.get(key) === null || late && key === "conversation") && (key !== "conversation" || !fromLink.has("customer") || mine === theirs)) store.set(key, values[key]);
  try { outbox = [...JSON.parse(values.outbox ?? "[]"), ...outbox]; } catch { /* nothing of ours */ }
  outboxShown();
  if (late && store.get("conversation") !== chat) { leave(); open(); }
}

const asText = (value, most = 500) => typeof value === "string" || typeof value === "number" ? String(value).slice(0, most) : "";
function pageSeen(told) {
  const cart = Array.isArray(told.cart) ? told.cart.slice(0, 50).map(line => ({ title: asText(line?.title), quantity: Math.max(1, Math.trunc(Number(line?.quantity)) || 1) })) : [];
  return { product: asText(told.product), query: asText(told.query), url: asText(told.url), title: asText(told.title), cart };
}
function look(told) {
  if (typeof told !== "object" || told === null) return;
  seen = pageSeen(told);
  if (chat) server.see({ conversation: chat, page: seen }).catch(() => { /* it goes with the next message */ });
}

let greeted;
const greeting = new Promise(done => { greeted = done; });
window.addEventListener("message", event => {
  if (event.source !== window.parent || !framed || !trusted(event.origin)) return;
  const told = event.data ?? {};
  if (told.type === "shopclerk:kept") { host = event.origin; themed(told); look(told.context); takeKept(told.values); greeted(); }
  if (told.type === "shopclerk:theme") themed(told);
  if (told.type === "shopclerk:context") look(told.context);
  if (told.type === "shopclerk:shown") { follow(true); if (told.focus) input.focus({ preventScroll: true }); }
  if (told.type === "shopclerk:say") {
    if (event.origin === location.origin) send(String(told.text)); else { input.value = String(told.text); grow(); ready(); }
  }
});
// Escape closes what is open: a sheet first, then the whole window.
document.addEventListener("keydown", event => {
  if (event.key === "Escape" && !event.defaultPrevented && !all("dialog[open]").length) tellParent("close");
});
hears("state", state => tellParent("human", { on: state.human }));
// Another tab began another conversation: there is one a browser.
window.addEventListener("storage", event => { if (event.key === "shopclerk.conversation" && event.newValue && chat && event.newValue !== chat) { leave(); open(); } });

outboxShown();
if (framed) { tellParent("hello"); setTimeout(greeted, HELLO_MS); } else greeted();
greeting.then(returned).then(() => open());
