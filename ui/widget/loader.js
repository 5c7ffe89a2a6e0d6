/* Puts the shop's chat on any page:
   <script src="https://shop.example/widget/loader.js" data-label="Chat with us" data-language="en" data-customer="TOKEN" defer></script>
   See docs/pages.md for data-colour, data-theme and Shopclerk.open(), .close(), .say(), .signIn(), .context(). */
(() => {
  if (window.Shopclerk) return;
  const script = document.currentScript, site = new URL(script.src).origin, given = script.dataset, label = given.label || "Chat with us";
  const host = document.createElement("div"), root = host.attachShadow({ mode: "open" });
  const kept = storage => ({
    get: key => { try { return storage()["shopclerk." + key] ?? null; } catch { return null; } },
    set: (key, value) => { try { if (value == null) storage().removeItem("shopclerk." + key); else storage()["shopclerk." + key] = value; } catch {} },
  });
  const visit = kept(() => sessionStorage), lasting = kept(() => localStorage), KEPT = ["conversation", "customer", "language", "outbox"];
  const colour = given.colour && CSS.supports("color", given.colour) ? given.colour : "#0f5b4c";
  const theme = ["light", "dark"].includes(given.theme) ? given.theme : "auto";
  const dark = theme === "dark" || theme === "auto" && matchMedia("(prefers-color-scheme: dark)").matches;
  const paint = document.createElement("canvas").getContext("2d");
  paint.fillStyle = colour; paint.fillRect(0, 0, 1, 1);
  const [r, g, b] = paint.getImageData(0, 0, 1, 1).data.map(n => 255 * (n / 255) ** 2.2);
  root.innerHTML = `<style>
    :host { all: initial; }
    button, iframe { position: fixed; inset-inline-end: 20px; bottom: 20px; z-index: 2147483000; border: 0; }
    button { display: flex; align-items: center; gap: 10px; height: 56px; padding: 0 20px; border-radius: 28px; color: ${0.2126 * r + 0.7152 * g + 0.0722 * b > 46 ? "#14120f" : "#fff"}; background: ${colour}; font: 600 16px/1 ui-sans-serif, system-ui, "PingFang SC", "Noto Sans CJK SC", sans-serif; cursor: pointer; box-shadow: 0 8px 28px rgb(0 0 0 / 24%); }
    button:focus-visible { outline: 3px solid currentColor; outline-offset: -6px; }
    svg { width: 24px; height: 24px; fill: none; stroke: currentColor; stroke-width: 1.8; stroke-linejoin: round; }
    iframe { z-index: 2147483001; width: min(440px, calc(100vw - 40px)); height: min(720px, calc(100vh - 40px)); border-radius: 20px; background: ${dark ? "#171513" : "#faf7f2"}; box-shadow: 0 16px 60px rgb(0 0 0 / 28%); }
    i { position: absolute; top: -4px; inset-inline-end: 2px; min-width: 12px; padding: 4px; border: 2px solid #fff; border-radius: 12px; color: #fff; background: #b54a22; font: 700 12px/1 system-ui; text-align: center; }
    [hidden] { display: none !important; }
    @media (max-width: 560px) { iframe { inset: 0; width: 100%; height: 100%; height: 100dvh; border-radius: 0; } button { inset-inline-end: 14px; bottom: 14px; } }
    @media (prefers-reduced-motion: no-preference) { .rising { animation: up .22s; } @keyframes up { from { opacity: 0; transform: translateY(16px); } } }
  </style><button type="button" aria-expanded="false"><svg viewBox="0 0 24 24" aria-hidden="true"><path d="M5 4.5h14A1.5 1.5 0 0 1 20.5 6v9a1.5 1.5 0 0 1-1.5 1.5h-7L7 20.5v-4H5A1.5 1.5 0 0 1 3.5 15V6A1.5 1.5 0 0 1 5 4.5z"/></svg><span></span><i hidden></i></button>`;
  const button = root.querySelector("button"), mark = button.querySelector("i");
  button.querySelector("span").textContent = label;
  let frame = null, ready = false, customer = given.customer ?? null, waiting = [], context = null, unread = Number(visit.get("unread")) || 0;

  const shown = () => frame !== null && !frame.hidden;
  const tell = (type, more) => frame?.contentWindow.postMessage({ ...more, type: "shopclerk:" + type }, site);
  function marked(count) {
    unread = count;
    visit.set("unread", count || null);
    mark.hidden = !count; mark.textContent = count > 9 ? "9+" : count;
    button.setAttribute("aria-label", count ? `${label} (${count})` : label);
  }
  function load() {
    if (frame) return;
    const hash = new URLSearchParams();
    if (customer !== null) hash.set("customer", customer);
    if (given.language) hash.set("language", given.language);
    frame = document.createElement("iframe");
    frame.title = label; frame.allow = "clipboard-read; clipboard-write"; frame.hidden = true;
    frame.src = site + "/chat/" + (hash.size ? "#" + hash : "");
    root.append(frame);
  }
  function open(event) {
    load();
    if (shown()) return;
    frame.hidden = false; button.hidden = true; button.setAttribute("aria-expanded", "true");
    frame.classList.toggle("rising", event !== "again");
    marked(0); visit.set("open", "1");
    if (event !== "again") frame.focus();
    if (ready) tell("shown", { focus: event !== "again" });
  }
  function shut() {
    if (!shown()) return;
    frame.hidden = true; button.hidden = false; button.setAttribute("aria-expanded", "false"); button.focus();
    visit.set("open", null);
  }
  function say(text) {
    open();
    if (ready) tell("say", { text }); else waiting.push(text);
  }
  function signIn(token) {
    const again = shown();
    customer = token || "";
    if (frame) { frame.remove(); frame = null; ready = false; }
    if (again) open("again");
  }
  window.addEventListener("message", ({ source, origin, data }) => {
    if (!frame || source !== frame.contentWindow || origin !== site || !data) return;
    const { type, key, value, count, on } = data;
    if (type === "shopclerk:hello") tell("kept", { colour: given.colour, theme, context, values: Object.fromEntries(KEPT.map(name => [name, lasting.get(name)])) });
    if (type === "shopclerk:keep" && KEPT.includes(key)) lasting.set(key, value);
    if (type === "shopclerk:close") shut();
    if (type === "shopclerk:news" && !shown()) marked(unread + (Number(count) || 1));
    if (type === "shopclerk:human") visit.set("human", on ? "1" : null);
    if (type === "shopclerk:ready") { ready = true; waiting.splice(0).forEach(say); }
  });
  window.addEventListener("keydown", event => { if (event.key === "Escape") shut(); });
  button.addEventListener("click", open);
  window.Shopclerk = {
    open: () => open(), close: shut, say, signIn,
    context(page) { context = { url: location.href, title: document.title, ...page }; if (ready) tell("context", { context }); },
  };
  if (given.product || given.query) window.Shopclerk.context({ product: given.product, query: given.query });
  const start = () => {
    document.body.append(host);
    marked(unread);
    // As it was on the page before: open, or in the background while a person may write.
    if (visit.get("open")) open("again"); else if (visit.get("human")) load();
  };
  if (document.body) start(); else window.addEventListener("DOMContentLoaded", start);
})();
