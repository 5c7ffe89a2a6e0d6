// The page in another shop's frame, and its first opening.
window.addEventListener("message", event => {
  if (event.source !== window.parent || event.data?.type !== "shopclerk:say") return;
  if (event.origin === location.origin) send(String(event.data.text)); else { input.value = String(event.data.text); grow(); ready(); }
});
window.addEventListener("storage", event => { if (event.key === "shopclerk.customer") { store.set("conversation", null); unlisten(); log.replaceChildren(); open(); } });
const framed = window.parent !== window;
if (framed) app.classList.add("framed");
function tellParent(type, more = {}) { if (framed) window.parent.postMessage({ ...more, type: "shopclerk:" + type }, "*"); }
outboxShown();
returned().then(() => open());
