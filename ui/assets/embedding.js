// The page in another shop's frame, and its first opening.
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
