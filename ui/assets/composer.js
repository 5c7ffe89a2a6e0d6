// The message box: what is typed, and the picture that goes with it.
function grow() { input.style.height = "auto"; input.style.height = Math.min(input.scrollHeight, 168) + "px"; }
input.addEventListener("input", () => { grow(); ready(); failing(""); draft(); });
input.addEventListener("keydown", event => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229) { event.preventDefault(); submit(); }
});
find("[data-composer]").addEventListener("submit", event => { event.preventDefault(); submit(); });
function submit() {
  const extra = { ...(picture ? { picture: picture.url, filename: picture.name } : {}), ...(replaced !== null ? { replaces: replaced } : {}) };
  if (send(input.value, extra)) { input.value = ""; unpicture(); replacing(null); grow(); ready(); draft(); }
  input.focus();
}
let takes = 0; // only the picture that was given last is taken, and none after the message was sent
function unpicture() { takes++; picture = null; find("[data-preview]").hidden = true; find("[data-file]").value = ""; ready(); }

async function take(files) {
  if (!files.length) return;
  if (files.length > 1) { failing(words["chat.picture_only_one"]); return; }
  const file = files[0], size = file.size / 1048576;
  unpicture(); failing("");
  const call = takes;
  let read;
  if (size > limits.picture) { failing(filled(words["chat.picture_too_big"], { size: size.toFixed(0), limit: limits.picture })); return; }
  try {
    const bitmap = await createImageBitmap(file);
    const scale = Math.min(1, 1024 / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(bitmap.width * scale)); canvas.height = Math.max(1, Math.round(bitmap.height * scale));
    const paint = canvas.getContext("2d");
    paint.fillStyle = "#fff"; paint.fillRect(0, 0, canvas.width, canvas.height);
    paint.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    read = { url: canvas.toDataURL("image/jpeg", 0.9), name: file.name };
  } catch { /* said below */ }
  if (call !== takes) return;
  if (!read) { find("[data-file]").value = ""; failing(filled(words["chat.picture_unreadable"], { name: file.name })); return; }
  picture = read;
  find("[data-preview-image]").src = picture.url;
  find("[data-preview-name]").textContent = file.name;
  find("[data-preview]").hidden = false;
  ready(); input.focus();
}
find("[data-file]").addEventListener("change", event => take(event.target.files));
find("[data-camera]").addEventListener("change", async event => { await take(event.target.files); event.target.value = ""; });
input.addEventListener("paste", event => { const files = event.clipboardData.files; if (files.length) { event.preventDefault(); take(files); } });
let dragging = 0;
const carries = event => event.dataTransfer && Array.from(event.dataTransfer.types).includes("Files");
app.addEventListener("dragenter", event => { if (carries(event)) { event.preventDefault(); dragging++; find("[data-drop]").hidden = false; } });
app.addEventListener("dragover", event => { if (carries(event)) event.preventDefault(); });
app.addEventListener("dragleave", event => { if (carries(event) && --dragging <= 0) { dragging = 0; find("[data-drop]").hidden = true; } });
app.addEventListener("drop", event => { if (carries(event)) { event.preventDefault(); dragging = 0; find("[data-drop]").hidden = true; take(event.dataTransfer.files); } });

// What is being written, and how far was scrolled, are there again after a change of page.
function draft() { session.set("draft", input.value || null); }
function restored() {
  const text = session.get("draft"), top = session.get("top");
  if (text && !input.value) { input.value = text; grow(); }
  if (top === null) return false;
  scroller.scrollTop = Number(top);
  latest();
  return true;
}
addEventListener("pagehide", () => session.set("top", scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 60 ? null : String(scroller.scrollTop)));
