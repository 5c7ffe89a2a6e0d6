// What the buttons of the shopper's page do.
function show(dialog) { if (!dialog.open) dialog.showModal(); }
all("dialog").forEach(dialog => dialog.addEventListener("click", event => { if (event.target === dialog) dialog.close(); }));

// Asks the shop, whose answer is null where it refused: what it says then is seen in the cart when that is open, else as
// a toast. What changes something is asked in line. The stream tells every change of the cart as well: an answer that it
// may have overtaken is not shown.
const shopLine = inLine(), LOOKS = ["buy_product", "buy_passage", "buy_transcript"];
async function ask(call, what = {}, button = null) {
  find("[data-cart-notice]").hidden = true;
  if (button) button.setAttribute("aria-busy", "true");
  const conversation = await there();
  let before;
  const asked = () => {
    before = cartsTold;
    const said = typeof what === "function" ? what() : what; // as things stand when it is asked
    return said ? server[call]({ conversation, language: words.language, ...said }) : {};
  };
  try {
    const reply = await (LOOKS.includes(call) ? asked() : shopLine(asked));
    if (reply.lost) { await open({ conversation: null }); return null; }
    if (reply.cart && cartsTold === before) showCart(reply.cart);
    if (reply.notice) { tell(reply.notice); return null; }
    if (reply.toast) toast(reply.toast);
    return reply;
  } catch (error) { tell(error.said || words["chat.failed"]); return null; }
  finally { if (button) button.removeAttribute("aria-busy"); }
}
function tell(text) {
  const notice = find("[data-cart-notice]");
  if (find("[data-cart]").open) { notice.textContent = text; notice.hidden = false; } else toast(text);
}
const press = (what, button) => ask("press", what, button);

doers({
  say: button => send(button.dataset.say),
  skip: () => input.focus(),
  latest: () => follow(true),
  retry: button => { const asked = turnOf("m-" + button.closest(".turn").dataset.key.slice(2)); if (asked) send(find(".said", asked)?.textContent ?? ""); },
  dismiss: () => tellParent("close"),
  cart: () => show(find("[data-cart]")),
  close: button => button.closest("dialog").close(),
  unpicture: () => { unpicture(); input.focus(); },
  more: button => { button.previousElementSibling.classList.add("cards-all"); button.remove(); },
  new: async () => { store.set("conversation", null); outbox = []; keepAll([]); replacing(null); leave(); await open(); input.focus(); },
  language: async button => { store.set("language", button.dataset.language); chosen = true; await open({ language: button.dataset.language, chosen: true }); },
  quantity: button => {
    const { variant } = button.dataset, these = () => all(`[data-do=quantity][data-variant="${CSS.escape(variant)}"]`), at = these().indexOf(button);
    return press(() => these()[at] && { kind: "quantity", variant, quantity: Number(these()[at].dataset.quantity) }, button);
  },
  confirm: button => send(button.dataset.say, { kind: "confirm" }),
  cancel: button => send(button.dataset.say, { kind: "cancel" }),
  thumb: async button => {
    let on;
    const reply = await press(() => {
      on = button.getAttribute("aria-pressed") === "true";
      return { kind: "thumb", turn: button.dataset.turn, verdict: on ? null : button.dataset.verdict };
    }, button);
    if (!reply) return;
    all(".thumb", button.parentElement).forEach(other => other.setAttribute("aria-pressed", String(other === button && !on)));
    const why = find(".why", button.closest(".turn"));
    why.hidden = on || button.dataset.verdict !== "down";
    if (!why.hidden) { find("input", why).focus({ preventScroll: true }); why.scrollIntoView({ block: "nearest" }); } else if (!on) toast(words["feedback.thanks"]);
  },
  whynot: button => { button.closest(".why").hidden = true; input.focus(); },
  remove_wish: button => send(button.dataset.say, { kind: "remove_wish", key: button.dataset.key }),
  alike: button => send(button.dataset.say, { kind: "alike", product: button.dataset.product }),
});
element.addEventListener("change", event => {
  if (event.target.matches("select[data-sort]")) send(event.target.selectedOptions[0].dataset.say, { kind: "sort", key: event.target.value });
});
element.addEventListener("submit", async event => {
  const form = event.target.closest("form.why");
  if (!form) return;
  event.preventDefault();
  const reason = [...all("input:checked", form).map(box => box.value), form.elements.own.value.trim()].filter(Boolean).join("; ");
  if (reason && !await press({ kind: "thumb", turn: form.dataset.why, verdict: "down", reason }, find("button", form))) return;
  form.hidden = true;
  if (reason) toast(words["feedback.told"]);
  input.focus();
});
