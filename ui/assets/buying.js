// From looking to buying: product pages, what is to be chosen, what one waits for. The server renders; this only asks.
const shop = (call, what, button) => ask("buy_" + call, what, button);

// Colours are data: the attribute carries one, and only a plain one is painted.
function paint(root) {
  for (const swatch of all("[data-swatch]", root)) if (/^#[0-9a-f]{6}$/i.test(swatch.dataset.swatch)) swatch.style.background = swatch.dataset.swatch;
}
const detailBody = find("[data-detail-body]");
// Of what is looked at, only the last that was asked for is shown.
let detailCalls = 0, passageCalls = 0;
find("[data-detail]").addEventListener("close", () => { detailCalls++; });
function showDetail(html) { fill(detailBody, html); paint(detailBody); show(find("[data-detail]")); }

async function openDetail(product, variant = "") {
  const call = ++detailCalls;
  detailBody.replaceChildren(fragment('<div class="bubble typing"><i></i><i></i><i></i></div>'));
  show(find("[data-detail]"));
  const reply = await shop("product", { product, variant });
  if (call !== detailCalls) return;
  if (reply) showDetail(reply.html); else find("[data-detail]").close();
}

const chosenIn = form => Object.fromEntries(all("input:checked", form).map(input => [input.name.replace(/^choice-/, ""), input.value]));

function added(button) {
  toast(words["cart.toast_added"]);
  const name = button.isConnected ? find(".add-label", button) : null;
  if (!name) return;
  button.classList.add("is-added"); name.textContent = words["product.added"];
  setTimeout(() => { button.classList.remove("is-added"); name.textContent = words["product.add"]; }, 2200);
}

doers({
  detail: button => openDetail(button.dataset.product, button.dataset.variant),
  add: async button => {
    const call = ++detailCalls, reply = await shop("put", { product: button.dataset.product }, button);
    if (!reply) return;
    if (!reply.choose) { added(button); return; }
    if (call !== detailCalls) return;
    showDetail(reply.choose);
    find(".choice-missing input:not(:disabled)", detailBody)?.focus();
  },
  put: async button => {
    const call = ++detailCalls, reply = await shop("put", { product: button.dataset.product, chosen: chosenIn(button.closest("form")) }, button);
    if (!reply) return;
    if (call !== detailCalls) { if (!reply.choose) added(button); return; }
    if (reply.choose) { showDetail(reply.choose); find(".choice-missing input:not(:disabled)", detailBody)?.focus(); return; }
    find("[data-detail]").close();
    added(button);
  },
  // The shop's own checkout takes over the whole page; where there is none, the assistant says so.
  checkout: async button => {
    const reply = await shop("checkout", {}, button);
    if (!reply) return;
    if (!reply.url) { find("[data-cart]").close(); send(button.dataset.say); return; }
    window.open(new URL(reply.url, location.origin).href, framed ? "_top" : "_self");
  },
  uncoupon: button => shop("coupon", { code: "" }, button),
  passage: async button => {
    const call = ++passageCalls, reply = await shop("passage", { passage: button.dataset.passage }, button);
    if (reply && call === passageCalls) { fill(find("[data-help-body]"), reply.html); show(find("[data-help]")); }
  },
  transcript: async button => {
    const reply = await shop("transcript", {}, button);
    if (!reply) return;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([reply.html], { type: "text/html" }));
    link.download = reply.name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  },
  unwish: async button => {
    const reply = await shop("unwish", { wish: button.dataset.wish }, button);
    if (reply) { fill(find("[data-wishes]"), reply.html); find("[data-wishes] button, [data-profile] [data-do=close]").focus(); }
  },
});

element.addEventListener("change", async event => {
  const form = event.target.closest("[data-buy-form]");
  if (!form) return;
  const call = ++detailCalls;
  const reply = await shop("product", { product: form.dataset.product, chosen: chosenIn(form) });
  if (reply && call === detailCalls) { fill(detailBody, reply.html); paint(detailBody); }
});
element.addEventListener("submit", async event => {
  const form = event.target.closest("[data-wish-form]");
  if (event.target.closest("[data-buy-form]")) event.preventDefault();
  if (!form) return;
  event.preventDefault();
  const { kind, product, variant } = form.dataset;
  const call = ++detailCalls;
  if (!await shop("wish", { kind, product, variant, email: form.elements.email.value }, find("button", form)) || call !== detailCalls) return;
  const fresh = await shop("product", { product, chosen: chosenIn(find("[data-buy-form]", detailBody)) });
  if (fresh && call === detailCalls) { fill(detailBody, fresh.html); paint(detailBody); }
});
element.addEventListener("submit", event => {
  const form = event.target.closest("[data-coupon-form]");
  if (!form) return;
  event.preventDefault();
  shop("coupon", { code: form.elements.code.value }, find("button", form));
});
async function showWishes() {
  const reply = await shop("wishes");
  if (reply) fill(find("[data-wishes]"), reply.html);
}
