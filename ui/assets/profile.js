// "Your profile": asks the server for the sheet, and to do what its buttons say. Builds no HTML of its own.
const profileSheet = find("[data-profile]"), profileBody = find("[data-profile-body]"), profileNotice = find("[data-profile-notice]");

function profileFailing(text) { profileNotice.textContent = text; profileNotice.hidden = !text; }

const profileLine = inLine();
async function profileCall(what = {}, button = null) {
  profileFailing("");
  if (button) button.setAttribute("aria-busy", "true");
  try {
    const conversation = await there();
    const reply = await profileLine(() => server.profile({ conversation, language: words.language, ...what }));
    if (reply.lost) { profileSheet.close(); await open({ conversation: null }); return false; }
    if (reply.notice) { profileFailing(reply.notice); return false; }
    fill(profileBody, reply.html);
    return true;
  } catch (error) { profileFailing(error.said || words["chat.failed"]); return false; }
  finally { if (button) button.removeAttribute("aria-busy"); }
}

doers({
  profile: async () => {
    profileBody.replaceChildren(fragment('<div class="bubble typing"><i></i><i></i><i></i></div>'));
    show(profileSheet);
    if (!await profileCall()) profileBody.replaceChildren();
    await showWishes();
  },
  profile_switch: async button => {
    const on = button.dataset.on;
    if (await profileCall({ do: on }, button)) { toast(words["profile." + on]); find(".switch", profileBody).focus(); }
  },
  profile_edit: button => {
    const form = find("form", button.closest("li"));
    profileFailing("");
    form.hidden = !form.hidden;
    button.setAttribute("aria-expanded", String(!form.hidden));
    if (!form.hidden) find("input", form).select();
  },
  profile_remove: async button => {
    if (await profileCall({ do: "remove", preference: button.dataset.preference }, button)) {
      toast(words["profile.removed"]);
      find("form[data-do-send=add] input", profileBody).focus();
    }
  },
  profile_export: async button => {
    button.setAttribute("aria-busy", "true");
    try {
      const reply = await server.export_profile({ conversation: await there() });
      if (reply.lost) { profileSheet.close(); await open({ conversation: null }); return; }
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([reply.json], { type: "application/json" }));
      link.download = "my-profile.json";
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10000);
      toast(words["profile.exported"]);
    } catch (error) { profileFailing(error.said || words["chat.failed"]); }
    finally { button.removeAttribute("aria-busy"); }
  },
  profile_forget: button => {
    const sure = find("[data-forget]", profileBody);
    sure.hidden = false;
    button.setAttribute("aria-expanded", "true");
    sure.scrollIntoView({ block: "nearest" });
    find("[data-do=profile_keep]", sure).focus();
  },
  profile_keep: () => {
    find("[data-forget]", profileBody).hidden = true;
    const button = find("[data-do=profile_forget]", profileBody);
    button.setAttribute("aria-expanded", "false");
    button.focus();
  },
  profile_really_forget: async button => {
    if (!await profileCall({ do: "forget" }, button)) return;
    find("[data-forget]", profileBody).hidden = true;
    profileBody.scrollTop = 0;
    find(".switch", profileBody).focus({ preventScroll: true });
    log.replaceChildren();
    showWelcome();
  },
  share: async button => {
    try {
      const reply = await server.share({ conversation: await there(), product: button.dataset.product });
      if (!reply.link) { toast(reply.notice ?? words["chat.failed"]); return; }
      const link = new URL(reply.link, location.origin).href;
      try { await navigator.clipboard.writeText(link); toast(words["profile.link_copied"]); }
      catch { toast(link); }
    } catch (error) { toast(error.said || words["chat.failed"]); }
  },
});

element.addEventListener("submit", async event => {
  const form = event.target.closest("[data-profile-form]");
  if (!form) return;
  event.preventDefault();
  const input = find("input", form), adds = form.dataset.doSend === "add";
  if (await profileCall({ do: form.dataset.doSend, preference: form.dataset.preference, text: input.value }, find("button", form))) {
    toast(words["profile.saved"]);
    const added = find("form[data-do-send=add] input", profileBody);
    all("form[data-do-send=change]", profileBody).forEach(other => { other.hidden = true; });
    if (adds) added.value = "";
    added.focus();
  } else input.focus();
});
