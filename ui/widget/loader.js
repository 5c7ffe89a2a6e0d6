/* Puts the shop's chat on any page:
   <script src="https://shop.example/widget/loader.js" data-label="Chat with us" data-language="en" data-customer="TOKEN" defer></script>
   data-label     the launcher's words            data-language  such as en, zh or de; without it the browser's
   data-customer  a signed customer token         data-colour    the launcher's colour
   Afterwards: Shopclerk.open(), .close(), .say("…"), .signIn(token). */
(() => {
  const script = document.currentScript, site = new URL(script.src).origin, given = script.dataset;
  if (window.Shopclerk) return;
  const host = document.createElement("div"), root = host.attachShadow({ mode: "open" });
  const label = given.label || "Chat with us";
  root.innerHTML = `<style>
    :host { all: initial; }
    button { position: fixed; right: 20px; bottom: 20px; z-index: 2147483000; display: flex; align-items: center; gap: 10px; height: 56px; padding: 0 22px 0 18px; border: 0; border-radius: 28px; color: #fff; background: var(--colour); font: 600 16px/1 ui-sans-serif, system-ui, -apple-system, "Segoe UI", "PingFang SC", "Noto Sans CJK SC", sans-serif; cursor: pointer; box-shadow: 0 8px 28px rgb(0 0 0 / 24%); transition: transform .15s; }
    button:hover { transform: translateY(-2px); }
    button:focus-visible { outline: 3px solid #fff; outline-offset: -6px; }
    svg { width: 24px; height: 24px; fill: none; stroke: currentColor; stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round; }
    iframe { position: fixed; right: 20px; bottom: 20px; z-index: 2147483001; width: min(440px, calc(100vw - 40px)); height: min(720px, calc(100vh - 40px)); border: 0; border-radius: 20px; background: #faf7f2; box-shadow: 0 16px 60px rgb(0 0 0 / 28%); color-scheme: light; }
    i { position: absolute; top: 2px; right: 4px; width: 14px; height: 14px; border: 2px solid #fff; border-radius: 50%; background: #b54a22; }
    [hidden] { display: none !important; }
    @media (max-width: 560px) { iframe { inset: 0; width: 100%; height: 100%; height: 100dvh; border-radius: 0; } button { right: 14px; bottom: 14px; } }
    @media (prefers-reduced-motion: no-preference) { iframe { animation: up .22s; } @keyframes up { from { opacity: 0; transform: translateY(16px); } } }
  </style><button type="button" aria-expanded="false"><svg viewBox="0 0 24 24" aria-hidden="true"><path d="M5 4.5h14A1.5 1.5 0 0 1 20.5 6v9a1.5 1.5 0 0 1-1.5 1.5h-7L7 20.5v-4H5A1.5 1.5 0 0 1 3.5 15V6A1.5 1.5 0 0 1 5 4.5z"/></svg><span></span><i hidden></i></button>`;
  const button = root.querySelector("button");
  const news = button.querySelector("i");
  button.querySelector("span").textContent = label;
  host.style.setProperty("--colour", given.colour || "#0f5b4c");
  let frame = null, ready = false, customer = given.customer ?? null, waiting = [];

  function address() {
    const hash = new URLSearchParams();
    if (customer !== null) hash.set("customer", customer);
    if (given.language) hash.set("language", given.language);
    return site + "/chat/" + (hash.size ? "#" + hash : "");
  }
  function open() {
    if (!frame) {
      frame = document.createElement("iframe");
      frame.title = label; frame.allow = "clipboard-read; clipboard-write"; frame.src = address();
      root.append(frame);
    }
    frame.hidden = false; button.hidden = true; news.hidden = true; button.setAttribute("aria-expanded", "true");
    frame.focus();
  }
  function shut() {
    if (frame) frame.hidden = true;
    button.hidden = false; button.setAttribute("aria-expanded", "false"); button.focus();
  }
  function say(text) {
    open();
    if (ready) frame.contentWindow.postMessage({ type: "shopclerk:say", text }, site); else waiting.push(text);
  }
  function signIn(token) {
    customer = token || "";
    if (frame) { frame.remove(); frame = null; ready = false; }
  }
  window.addEventListener("message", event => {
    if (!frame || event.source !== frame.contentWindow || event.origin !== site) return;
    if (event.data?.type === "shopclerk:close") shut();
    if (event.data?.type === "shopclerk:news") news.hidden = !frame.hidden;
    if (event.data?.type === "shopclerk:ready") { ready = true; waiting.splice(0).forEach(say); }
  });
  window.addEventListener("keydown", event => { if (event.key === "Escape" && frame && !frame.hidden) shut(); });
  button.addEventListener("click", open);
  window.Shopclerk = { open, close: shut, say, signIn };
  const start = () => document.body.append(host);
  if (document.body) start(); else window.addEventListener("DOMContentLoaded", start);
})();
