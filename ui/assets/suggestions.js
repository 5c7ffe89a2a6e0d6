// Suggested replies beside the conversation.
async function suggest() {
  const now = ticket, box = region("suggestions");
  box.replaceChildren(fragment('<div class="bubble typing"><i></i><i></i><i></i></div>'));
  box.setAttribute("aria-busy", "true");
  try {
    const reply = await server.suggest({ language: words.language, ticket: now });
    if (now === ticket) { fill(box, reply.html); if (reply.refused) toast(reply.refused); }
  } catch { if (now === ticket) box.textContent = words["agent.failed"]; }
  box.removeAttribute("aria-busy");
}
