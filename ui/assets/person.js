// A person of the shop: the strip above the message box. The server says what it holds.
const personStrip = find("[data-person]");
let personState = "assistant", personTicket = "", personSeen = null, statesHeard = 0;
const personTab = unique(), withPerson = () => personState === "waiting" || personState === "person";

function showPerson(told) {
  if (!told) return;
  personState = told.state; personTicket = told.ticket || chat;
  human = personState === "person";
  seeing();
  const dismissed = !withPerson() && store.get("person-dismissed") === personTicket;
  const near = atEnd();
  fill(personStrip, dismissed ? "" : told.html);
  personShown();
  for (const time of all("[data-when]", personStrip)) {
    const when = new Date(time.dateTime), today = when.toDateString() === new Date().toDateString();
    time.textContent = new Intl.DateTimeFormat(words.language, today ? { timeStyle: "short" } : { weekday: "long", day: "numeric", month: "long", hour: "numeric", minute: "2-digit" }).format(when);
  }
  showState();
  if (near) follow();
}
hears("state", state => { statesHeard++; showPerson(state.person); });
// The question how it was leaves room to whoever writes on.
function personShown() {
  personStrip.hidden = !personStrip.children.length || personState === "over" && input.value.trim() !== "";
  app.classList.toggle("with-person", !personStrip.hidden);
}

// Only the last answer is shown, and none that the stream may have overtaken: it tells of every change.
const personLine = inLine();
let personLast = null;
async function personCall(what, button) {
  personProblem("");
  if (button) button.setAttribute("aria-busy", "true");
  const before = statesHeard, conversation = await there();
  const call = personLast = personLine(() => server.person({ conversation, language: words.language, ...what }));
  try {
    const reply = await call;
    if (reply.lost) { await open({ conversation: null }); return false; }
    if (reply.problem) { personProblem(reply.problem); return false; }
    if (call === personLast && statesHeard === before) showPerson(reply.person);
    return true;
  } catch (error) { personProblem(error.said || words["chat.failed"]); return false; }
  finally { if (button) button.removeAttribute("aria-busy"); }
}

function personProblem(text) {
  const box = find("[data-person-problem]", personStrip);
  if (!box) { if (text) toast(text); return; }
  box.textContent = text; box.hidden = !text;
  if (text) find("input", personStrip)?.focus();
}

const personRating = () => {
  const form = find("[data-person-rating]", personStrip);
  return { do: "rate", score: Number(form.elements.score.value), text: form.elements.text?.value ?? "" };
};

doers({
  person_finish: async button => { if (await personCall({ do: "end" }, button)) { button.closest("dialog").close(); input.focus(); } },
  person_end: button => personCall({ do: "end" }, button).then(done => done && input.focus()),
  person_again: button => personCall({ do: "again" }, button).then(done => done && input.focus()),
  person_no_email: button => personCall({ do: "no_email" }, button).then(done => done && toast(words["person.email_removed"])),
  person_dismiss: () => { store.set("person-dismissed", personTicket); showPerson({ state: personState, ticket: personTicket, html: "" }); input.focus(); },
});
personStrip.addEventListener("change", event => { if (event.target.name === "score") personCall(personRating()); });
personStrip.addEventListener("submit", async event => {
  event.preventDefault();
  const form = event.target, button = find("[type=submit]", form);
  if (form.matches("[data-person-rating]")) { if (await personCall(personRating(), button)) toast(words["person.rate_sent"]); return; }
  if (await personCall({ do: "email", text: form.elements.email.value, consent: form.elements.consent.checked }, button)) { toast(words["person.email_saved"]); input.focus(); }
});

// Who has the page in the background is not there: an answer then goes by mail as well, where they left an address.
function seeing() {
  if (!chat || personSeen === !document.hidden || !withPerson()) return;
  personSeen = !document.hidden;
  const said = { conversation: chat, language: words.language, do: "seen", tab: personTab, on: personSeen };
  personLine(() => server.person(said)).catch(() => { personSeen = null; });
}
document.addEventListener("visibilitychange", seeing);
addEventListener("pagehide", () => {
  if (personSeen === null) return;
  const gone = JSON.stringify({ conversation: chat, language: words.language, do: "seen", tab: personTab, on: false });
  navigator.sendBeacon("call/person", new Blob([gone], { type: "application/json" }));
  personSeen = null;
});

// They who type are seen to: said again every few seconds, and when the box is empty.
let typingSaid = null;
function typing(on) {
  if (!withPerson() || !chat) return;
  const now = performance.now();
  if (on ? typingSaid !== null && now - typingSaid < 3000 : typingSaid === null) return;
  typingSaid = on ? now : null;
  server.person({ conversation: chat, language: words.language, do: "typing", tab: personTab, on }).catch(() => {});
}
input.addEventListener("input", () => { typing(input.value.trim() !== ""); personShown(); });
find("[data-composer]").addEventListener("submit", () => typing(false));
input.addEventListener("keydown", event => { if (event.key === "Enter" && !event.shiftKey && !event.isComposing) typing(false); });

// The link of a mail leads back into its conversation, while it holds.
async function returned() {
  const token = fromLink.get("return");
  if (!token) return;
  try {
    const { conversation } = await server.person({ language: firstLanguage(), do: "return", text: token });
    if (conversation) store.set("conversation", conversation); else toast(words["person.link_gone"]);
  } catch { /* the conversation that is known here is opened */ }
}
