// The admin page: uploads files, shows what they would change, and switches or rolls back.
const app = find(".clerk"), region = name => find(`[data-region="${name}"]`);
let words = props.words, loading = null, uploadedFile = null, timer, asking = null;

// Of several calls for the same place only the last is shown.
const calls = {};
function last(place) { const call = calls[place] = (calls[place] ?? 0) + 1; return () => call === calls[place]; }

async function hello(language) {
  const stands = last("words"), reply = await server.hello({ language });
  if (stands()) { words = reply.words; label(words); }
}
function failing(text) { const box = find("[data-error]"); box.textContent = text; box.hidden = !text; }

async function refresh() {
  clearTimeout(timer);
  const stands = last("refresh");
  try {
    const news = await server.refresh({ language: words.language });
    if (!stands()) return;
    for (const name of ["health", "versions", "unanswered", "ranking_state"]) fill(region(name), news[name]);
    failing("");
    app.dataset.ready = "yes";
  } catch { if (!stands()) return; failing(words["admin.offline"]); }
  clearTimeout(timer);
  timer = setTimeout(refresh, document.hidden ? 60000 : 10000);
}

function busy(kind, text) {
  const box = region(kind);
  box.replaceChildren(fragment('<div class="bubble typing"><i></i><i></i><i></i></div>'));
  const said = document.createElement("p");
  said.className = "hint"; said.textContent = text;
  box.append(said);
}
const trusts = kind => find(`[data-trusts="${kind}"]`).checked;
const readAll = file => new Promise((good, bad) => { const r = new FileReader(); r.onload = () => good(r.result); r.onerror = bad; r.readAsDataURL(file); });
function sorry(kind, text) { const p = document.createElement("p"); p.className = "notice notice-bad"; p.setAttribute("role", "alert"); p.textContent = text; region(kind).replaceChildren(p); }

async function take(kind, file) {
  if (!file) return;
  const stands = last(kind), size = file.size / 1048576, limit = props.limits[kind];
  find(`[data-file="${kind}"]`).value = "";
  if (kind === "catalogue") loading = null;
  if (size > limit) { sorry(kind, filled(words["admin.too_big"], { size: size.toFixed(0), limit })); return; }
  try {
    if (kind === "faq") {
      busy(kind, words["admin.checking"]);
      const reply = await server.faq_preview({ language: words.language, filename: file.name, data: await readAll(file), trusted: trusts("faq") });
      if (stands()) fill(region(kind), reply.html);
    } else {
      busy(kind, words["admin.uploading"]);
      const { path } = await upload(file);
      if (stands()) read({ path, filename: file.name });
    }
  } catch { if (stands()) sorry(kind, words["admin.failed"]); }
}
function read(file, columns = {}) {
  uploadedFile = file; loading = "load" + Date.now();
  const how = Object.fromEntries(all("[data-how]").map(box => [box.dataset.how, box.value.trim()]));
  trigger("ingest", { language: words.language, key: loading, ...file, ...how, columns, trusted: trusts("catalogue") });
}
watch("value", () => {
  const news = props.value;
  if (!news || news.key !== loading) return;
  fill(region("catalogue"), news.html);
  if (news.done) loading = null;
});

all("[data-file]").forEach(input => input.addEventListener("change", () => take(input.dataset.file, input.files[0])));
all("[data-drop]").forEach(zone => {
  zone.addEventListener("dragover", event => { event.preventDefault(); zone.classList.add("over"); });
  zone.addEventListener("dragleave", () => zone.classList.remove("over"));
  zone.addEventListener("drop", event => { event.preventDefault(); zone.classList.remove("over"); take(zone.dataset.drop, event.dataTransfer.files[0]); });
});

async function act(what, kind, extra, button) {
  if (button) button.setAttribute("aria-busy", "true");
  const stands = last(kind);
  try { const { html } = await server.act({ language: words.language, do: what, kind, ...extra }); if (stands()) fill(region(kind), html); }
  catch { if (stands()) sorry(kind, words["admin.failed"]); }
  if (button) button.removeAttribute("aria-busy");
  await refresh();
}

doers({
  tab: button => {
    all(".tab").forEach(tab => tab === button ? tab.setAttribute("aria-current", "page") : tab.removeAttribute("aria-current"));
    all("[data-section]").forEach(section => { section.hidden = section.dataset.section !== button.dataset.tab; });
    find(".sections").scrollTop = 0;
  },
  refresh,
  switch: button => {
    const { kind, token, loses } = button.dataset;
    if (loses === undefined) { act("switch", kind, { token }, button); return; }
    asking = { kind, token }; find("[data-losses]").showModal();
  },
  "keep-live": () => find("[data-losses]").close(),
  "switch-anyway": () => { find("[data-losses]").close(); act("switch", asking.kind, { token: asking.token, confirmed: true }); },
  "read-again": () => {
    const chosen = all("[data-column]").filter(box => box.value).map(box => [box.dataset.column, box.value]);
    busy("catalogue", words["admin.checking"]);
    read(uploadedFile, Object.fromEntries(chosen));
  },
  discard: button => { region(button.dataset.kind).replaceChildren(); toast(words["admin.discarded"]); },
  rollback: button => { asking = button.dataset.kind; find("[data-ask]").showModal(); },
  keep: () => find("[data-ask]").close(),
  "really-roll-back": () => { find("[data-ask]").close(); act("roll back", asking, {}); },
  language: async button => { store.set("staff-language", button.dataset.language); await hello(button.dataset.language); await refresh(); },
});
label(words);
hello(store.get("staff-language") ?? (navigator.language || "en")).catch(() => {}).then(refresh);
