// What the buttons of the shopper's page do.
function show(dialog) { if (!dialog.open) dialog.showModal(); }
all("dialog").forEach(dialog => dialog.addEventListener("click", event => { if (event.target === dialog) dialog.close(); }));

async function press(what, button) {
  const notice = find("[data-cart-notice]");
  notice.hidden = true;
  if (button) button.setAttribute("aria-busy", "true");
  try {
    const reply = await server.press({ conversation: chat, language: words.language, ...what });
    if (reply.lost) { await open({ conversation: null }); return null; }
    if (reply.cart) showCart(reply.cart);
    if (reply.notice) { if (find("[data-cart]").open) { notice.textContent = reply.notice; notice.hidden = false; } else toast(reply.notice); return null; }
    return reply;
  } catch { toast(words["chat.failed"]); return null; }
  finally { if (button) button.removeAttribute("aria-busy"); }
}

doers({
  say: button => send(button.dataset.say),
  skip: () => input.focus(),
  latest: () => follow(true),
  retry: button => { button.closest(".turn").remove(); send(button.dataset.say); },
  dismiss: () => tellParent("close"),
  cart: () => show(find("[data-cart]")),
  close: button => button.closest("dialog").close(),
  unpicture: () => { unpicture(); input.focus(); },
  more: button => { button.previousElementSibling.classList.add("cards-all"); button.remove(); },
  new: async () => { store.set("conversation", null); busy = null; log.replaceChildren(); await open(); input.focus(); },
  language: async button => { store.set("language", button.dataset.language); chosen = true; await open({ language: button.dataset.language, chosen: true }); },
  add: async button => {
    const name = button.querySelector(".add-label");
    const reply = await press({ kind: "add", product: button.dataset.product, variant: button.dataset.variant }, button);
    if (!reply) return;
    toast(words["cart.toast_added"]);
    button.classList.add("is-added"); name.textContent = words["product.added"];
    setTimeout(() => { button.classList.remove("is-added"); name.textContent = words["product.add"]; }, 2200);
  },
  quantity: button => press({ kind: "quantity", variant: button.dataset.variant, quantity: Number(button.dataset.quantity) }, button),
  checkout: button => { find("[data-cart]").close(); send(button.dataset.say); },
  confirm: button => send(button.dataset.say, { kind: "confirm" }),
  cancel: button => send(button.dataset.say, { kind: "cancel" }),
  thumb: async button => {
    const on = button.getAttribute("aria-pressed") === "true";
    const reply = await press({ kind: "thumb", turn: button.dataset.turn, verdict: on ? null : button.dataset.verdict }, button);
    if (!reply) return;
    all(".thumb", button.parentElement).forEach(other => other.setAttribute("aria-pressed", String(other === button && !on)));
    if (!on) toast(words["feedback.thanks"]);
  },
  detail: button => openDetail(button.dataset.product),
});
async function openDetail(product) {
  const body = find("[data-detail-body]");
  body.replaceChildren(fragment('<div class="bubble typing"><i></i><i></i><i></i></div>'));
  show(find("[data-detail]"));
  try { fill(body, (await server.product({ conversation: chat, product, language: words.language })).html); }
  catch { body.textContent = words["chat.failed"]; }
}
element.addEventListener("change", event => {
  if (event.target.name !== "variant") return;
  const form = event.target.closest("form"), given = event.target.dataset, add = form.querySelector(".add");
  form.querySelector("strong[data-price]").textContent = given.price;
  form.querySelector("span[data-stock]").textContent = given.stock;
  add.dataset.variant = event.target.value; add.disabled = Number(given.left) <= 0;
  const picture = form.closest(".detail").querySelector("img");
  if (given.picture && picture.getAttribute("src") !== given.picture) picture.src = given.picture;
});
