// The desk by keyboard: j and k along the list, Enter opens, letters do what their buttons do. Not while writing.
function move(by) {
  const rows = all(".ticket").filter(row => row.checkVisibility()), at = rows.indexOf(document.activeElement);
  const from = at >= 0 ? at : rows.findIndex(row => row.getAttribute("aria-current") === "true");
  const next = rows[Math.max(0, Math.min(rows.length - 1, from + by))];
  if (next) { next.focus(); next.scrollIntoView({ block: "nearest" }); }
}
const keys = {
  j: () => move(1),
  k: () => move(-1),
  r: () => { if (ticket && mine) { setMode("reply"); input.focus(); } },
  n: () => { if (ticket) { setMode("note"); input.focus(); } },
  t: () => { const take = find('.talk-head [data-do="take"], .talk-head [data-kind="take-over"]'); if (take) take.click(); },
  e: () => { if (ticket && mine) find("[data-ask]").showModal(); },
  u: () => { if (ticket) act("unread"); },
  "/": () => { app.dataset.view = "queue"; search.focus(); },
  "?": () => find("[data-keys]").showModal(),
};
document.addEventListener("keydown", event => {
  if (event.key === "Escape") {
    for (const open of all("details.menu[open]")) { open.open = false; find("summary", open).focus(); }
    if (event.target === search) { searchOff(); search.blur(); }
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest("input, textarea, select, dialog[open], [contenteditable]")) return;
  const run = keys[event.key];
  if (run) { event.preventDefault(); run(); }
});
document.addEventListener("click", event => { for (const open of all("details.menu[open]")) if (!open.contains(event.target)) open.open = false; });
