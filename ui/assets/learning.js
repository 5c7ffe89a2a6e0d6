// The admin page's part on what is learned: tables, and help pages made of agents' answers.
const learningLine = inLine();
async function learning() {
  try { learned(await learningLine(() => server.learning({ language: words.language }))); } catch { region("learning-told").textContent = words["admin.failed"]; }
}
function learned(news) {
  if (news.told) fill(region("learning-told"), news.told);
  for (const name of ["figures", "proposals", "reported", "vouched"]) if (name in news) fill(region(`learning-${name}`), news[name]);
}
async function decidePage(button, kind) {
  const form = button.closest("[data-proposal]");
  button.setAttribute("aria-busy", "true");
  try {
    const said = { language: words.language, do: kind, id: form.dataset.proposal, question: form.elements.question.value, answer: form.elements.answer.value };
    learned(await learningLine(() => server.learn(said)));
  } catch { region("learning-told").textContent = words["admin.failed"]; }
  button.removeAttribute("aria-busy");
}
async function regression() {
  const { file } = await server.regression({ language: words.language }), link = document.createElement("a");
  link.href = file; link.download = "reported-answers.jsonl"; link.click();
}
doers({
  "approve-page": button => decidePage(button, "approve"),
  "decline-page": button => decidePage(button, "decline"),
  regression,
});
document.querySelector('[data-tab="learning"]').addEventListener("click", learning);
