// The admin page's merchandising part: forms and buttons; the server sends the tables.
const merchandisingLine = inLine();
async function merchandising() {
  try { const news = await merchandisingLine(() => server.merchandising({ language: words.language })); for (const name of ["rules", "campaigns"]) fill(region(name), news[name]); }
  catch { failing(words["admin.offline"]); }
}
async function merchandise(what, extra, form) {
  try {
    const news = await merchandisingLine(() => server.merchandise({ language: words.language, do: what, ...extra }));
    fill(region("merchandise-told"), news.told);
    region("merchandise-told").scrollIntoView({ block: "nearest" });
    if (news.good) { for (const name of ["rules", "campaigns"]) fill(region(name), news[name]); form?.reset(); }
  } catch { sorry("merchandise-told", words["admin.failed"]); }
}
all("[data-form]").forEach(form => form.addEventListener("submit", async event => {
  event.preventDefault();
  const fields = Object.fromEntries(new FormData(form));
  if (form.dataset.form !== "explain") { await merchandise(form.dataset.form, { fields }, form); return; }
  try { fill(region("explained"), (await server.explain({ language: words.language, ...fields })).html); }
  catch { sorry("explained", words["admin.failed"]); }
}));
find("[data-margins]").addEventListener("change", async event => {
  const file = event.target.files[0];
  if (file) await merchandise("margins", { data: await readAll(file) });
  event.target.value = "";
});
doers({
  "remove-rule": button => merchandise("remove_rule", { id: button.dataset.id }),
  pause: button => merchandise("pause", { id: button.dataset.id }),
  resume: button => merchandise("resume", { id: button.dataset.id }),
});
document.querySelector('[data-tab="merchandising"]').addEventListener("click", merchandising);
