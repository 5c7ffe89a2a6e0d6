// The desk's buttons, its languages, and its beginning.
let hellos = 0;
const cannedLine = inLine();
async function hello(language) {
  const call = ++hellos, reply = await server.hello({ language });
  if (call !== hellos) return; // another language has been chosen
  words = reply.words; me = reply.me; leads = reply.role !== "agent";
  label(words);
  find("[data-me]").textContent = me;
  for (const node of all("[data-leads]")) node.hidden = !leads;
  replies(reply);
}
function replies(reply) { canned = reply.canned ?? canned; if (reply.canned_list !== undefined) fill(region("canned"), reply.canned_list); }

async function saveCanned(payload) {
  try { const reply = await cannedLine(() => server.canned({ ...payload, language: words.language })); if (reply.refused) return toast(reply.refused); replies(reply); toast(words["agent.canned_saved"]); }
  catch { toast(words["agent.failed"]); }
}
region("canned").addEventListener("submit", event => {
  event.preventDefault();
  const form = event.target;
  saveCanned({ do: "save", id: form.dataset.canned, name: form.elements.name.value, text: form.elements.text.value }).then(() => { if (!form.dataset.canned) form.reset(); });
});

doers({
  open: button => open(button.dataset.ticket),
  told: button => { bell.open = false; return open(button.dataset.ticket); },
  back: () => { app.dataset.view = "queue"; },
  aside: button => { app.dataset.beside = button.dataset.asideName; for (const each of all("[data-do=aside]")) each.setAttribute("aria-pressed", String(each === button)); },
  about: () => { app.dataset.view = "about"; },
  "about-off": () => { app.dataset.view = "talk"; },
  view: button => view(button.dataset.viewName),
  more: () => { limit += 50; look(); },
  "search-off": searchOff,
  notify,
  keys: () => find("[data-keys]").showModal(),
  "sheet-off": button => button.closest("dialog").close(),
  take: async button => { if (await act("take", {}, button)) { setMode("reply"); input.focus(); } },
  act: button => act(button.dataset.kind, { value: button.dataset.value, zone: -new Date().getTimezoneOffset() }, button),
  close: () => find("[data-ask]").showModal(),
  keep: () => find("[data-ask]").close(),
  "really-close": async button => { find("[data-ask]").close(); await act("close", { value: button.dataset.value }); },
  mode: button => { setMode(button.dataset.mode); input.focus(); },
  translate,
  "translate-mine": translateMine,
  past,
  "canned-list": () => find("[data-canned-sheet]").showModal(),
  "canned-use": button => useCanned(button.dataset.name),
  "canned-remove": button => saveCanned({ do: "remove", id: button.dataset.id }),
  suggest: () => suggest(),
  language: async button => { store.set("staff-language", button.dataset.language); await hello(button.dataset.language); if (ticket) await open(ticket); connect(); },
});
label(words);
hello(store.get("staff-language") ?? (navigator.language || "en")).catch(() => {}).then(connect).then(() => {
  // The link of a notification opens its conversation.
  const asked = new URLSearchParams(location.hash.slice(1)).get("ticket");
  if (asked) { history.replaceState(null, "", location.pathname); open(asked); }
});
