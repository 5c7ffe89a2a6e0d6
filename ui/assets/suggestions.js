// Suggested replies beside the conversation: made anew when the customer writes, used without touching what is written.
let used = null, vouched = null, auditing, suggesting = 0;
const helpBox = () => region("suggestions");
const draftOf = button => button.closest("[data-draft]");
const textOf = draft => find("[data-text]", draft)?.dataset.text ?? "";

async function suggest() {
  const now = ticket, call = ++suggesting, stands = () => now === ticket && call === suggesting, box = helpBox();
  const old = all("[data-draft]", box);
  old.forEach(draft => draft.classList.add("overtaken"));
  if (old.length) box.prepend(fragment(`<p class="hint overtaken-note" role="status"></p>`)), find(".overtaken-note", box).textContent = words["suggest.overtaken"];
  else box.replaceChildren(fragment('<div class="bubble typing"><i></i><i></i><i></i></div>'));
  box.setAttribute("aria-busy", "true");
  try {
    const reply = await server.suggest({ language: words.language, ticket: now });
    if (!stands()) return;
    box.replaceChildren(fragment(reply.html));
    if (reply.refused) toast(reply.refused);
    else if (reply.coming) reword(now, reply.cursor, stands);
  } catch { if (stands()) box.textContent = words["agent.failed"]; }
  finally { if (stands()) box.removeAttribute("aria-busy"); }
}

// The model's wording takes the place of the code's, unless a draft has been taken or the customer has written again.
async function reword(now, cursor, stands) {
  try {
    const reply = await server.reword({ language: words.language, ticket: now });
    if (stands() && reply.html && reply.cursor === cursor && !find(".overtaken", helpBox())) fill(helpBox(), reply.html);
  } catch { /* the code's drafts stay */ }
}

// Into an empty box at once; beside what is written only where the agent says.
function takeDraft(button) {
  const draft = draftOf(button), text = textOf(draft);
  used = { id: draft.dataset.draft, ticket };
  if (!input.value.trim()) { input.value = text; return written(); }
  const ask = fragment('<div class="where" role="group"><button type="button" class="button" data-do="at-cursor"></button><button type="button" class="button" data-do="below"></button><button type="button" class="tool-text" data-do="not-now"></button></div>').firstElementChild;
  ask.setAttribute("aria-label", words["suggest.where"]);
  for (const choice of ask.children) choice.textContent = words["suggest." + choice.dataset.do.replace("-", "_")];
  find(".where", draft)?.remove();
  find(".suggestion-buttons", draft).after(ask);
  ask.firstElementChild.focus();
}
function putDraft(button, below) {
  const draft = draftOf(button), text = textOf(draft), at = below ? input.value.length : input.selectionStart;
  const before = input.value.slice(0, at), after = input.value.slice(at);
  const gap = before && !/\s$/.test(before) ? (below ? "\n" : " ") : "";
  input.value = before + gap + text + (after && !/^\s/.test(after) ? " " : "") + after;
  button.closest(".where").remove();
  written((before + gap + text).length);
}
function written(at = input.value.length) {
  ready(); input.focus(); input.setSelectionRange(at, at);
  input.dispatchEvent(new Event("input"));
}

async function reworkDraft(button) {
  const draft = draftOf(button), body = find("[data-text]", draft);
  button.setAttribute("aria-busy", "true");
  try {
    const reply = await server.rework({ language: words.language, ticket, text: body.dataset.text, how: button.dataset.how });
    if (reply.refused) return toast(reply.refused);
    body.dataset.text = reply.text;
    body.replaceChildren(fragment(reply.marked));
    draft.dataset.red = reply.red ? "yes" : "no";
  } catch { toast(words["agent.failed"]); }
  finally { button.removeAttribute("aria-busy"); }
}

async function useDraft(button, kind) {
  const draft = draftOf(button);
  button.setAttribute("aria-busy", "true");
  try {
    const reply = await server.use({ kind, ticket, language: words.language, draft: draft.dataset.draft });
    if (reply.refused) return toast(reply.refused);
    if (kind === "discard") draft.remove();
    else { toast(words[kind === "propose" ? "suggest.proposed" : "suggest.shown"]); button.disabled = true; }
  } catch { toast(words["agent.failed"]); }
  finally { button.removeAttribute("aria-busy"); }
}

// What the agent writes is audited while they write; what nothing backs takes a second, explicit press.
function ownAudit() { return find("[data-own-audit]") ?? find("[data-composer]").insertAdjacentElement("afterbegin", Object.assign(document.createElement("div"), { className: "own-audit-box" })); }
async function auditOwn() {
  const text = input.value.trim(), box = ownAudit();
  box.dataset.ownAudit = "";
  if (!text || !mine) { box.replaceChildren(); return { red: 0 }; }
  try {
    const reply = await server.audit({ language: words.language, ticket, text });
    if (input.value.trim() === text) fill(box, reply.html);
    return reply;
  } catch { return { red: 0 }; }
}
input.addEventListener("input", () => { clearTimeout(auditing); auditing = setTimeout(auditOwn, 500); });

// What goes along with a message; null where it is not to be sent yet.
async function beforeSending(text) {
  const draft = used && used.ticket === ticket ? used.id : "";
  const { red } = await auditOwn();
  if (red && vouched !== text) {
    vouched = text;
    toast(words["suggest.vouch"]);
    return null;
  }
  return { draft, vouched: Boolean(red) };
}
function afterSending() { used = vouched = null; ownAudit().replaceChildren(); }

doers({
  use: takeDraft,
  "at-cursor": button => putDraft(button, false),
  below: button => putDraft(button, true),
  "not-now": button => button.closest(".where").remove(),
  rework: reworkDraft,
  propose: button => useDraft(button, "propose"),
  "show-cards": button => useDraft(button, "show"),
  discard: button => useDraft(button, "discard"),
  report: async button => {
    const reply = await server.report({ ticket, cursor: button.dataset.cursor, language: words.language }).catch(() => ({ refused: words["agent.failed"] }));
    toast(reply.refused ?? words["suggest.reported"]);
    if (!reply.refused) { button.disabled = true; button.textContent = words["suggest.reported"]; }
  },
});
