// The checkout works without this: with it, sums follow what is chosen, and nobody orders twice by pressing twice.
const till = document.querySelector("[data-till]");
if (till) {
  till.querySelector("[data-update]").hidden = true;
  let asked = 0;
  till.addEventListener("change", async event => {
    if (!event.target.matches("[data-again]")) return;
    const call = ++asked, form = new FormData(till);
    form.set("do", "update");
    try {
      const answer = await fetch(till.action, { method: "POST", body: new URLSearchParams(form) });
      const html = await answer.text();
      if (!answer.ok || call !== asked) return;
      const fresh = new DOMParser().parseFromString(html, "text/html");
      for (const id of ["till-ways", "till-summary"]) {
        const had = document.activeElement?.value, part = fresh.getElementById(id);
        if (!part) continue;
        document.getElementById(id).replaceWith(part);
        if (id === "till-ways" && event.target.name === "method") part.querySelector(`input[value="${CSS.escape(had)}"]`)?.focus();
      }
      till.querySelector("[data-update]").hidden = true;
    } catch { till.querySelector("[data-update]").hidden = false; }
  });
  till.addEventListener("submit", event => {
    if (event.submitter?.value !== "place") return;
    if (till.dataset.sent) { event.preventDefault(); return; }
    till.dataset.sent = "yes";
    event.submitter.setAttribute("aria-busy", "true");
  });
  window.addEventListener("pageshow", () => { delete till.dataset.sent; till.querySelector("[aria-busy]")?.removeAttribute("aria-busy"); });
  till.querySelector("[aria-invalid]")?.focus();
}
