// A page of our own: what it was told, and its calls. Scripts that follow build on element, props and server.
const element = document.body, props = JSON.parse(document.getElementById("settings").textContent);
const CALL_MS = 30000;

// Rejects with a status where the server answered, without one where it could not be reached; said and after: what to tell, and when to try again (s).
async function refusal(reply) {
  const said = reply.headers.get("Retry-After") ? (await reply.json().catch(() => ({}))).detail : "";
  return Object.assign(new Error("refused"), { status: reply.status, said, after: Number(reply.headers.get("Retry-After")) || 0 });
}
async function post(address, payload) {
  const stop = new AbortController(), late = setTimeout(() => stop.abort(), CALL_MS);
  try {
    const reply = await fetch(address, { method: "POST", headers: { "Content-Type": "application/json", "Accept-Language": document.documentElement.lang || "en" }, body: JSON.stringify(payload ?? {}), signal: stop.signal, credentials: "same-origin" });
    if (!reply.ok) throw await refusal(reply);
    return await reply.json();
  } finally { clearTimeout(late); }
}
const server = new Proxy({}, { get: (_, name) => payload => post("call/" + name, payload) });

// What the page keeps for a reload. Where the browser keeps nothing for a framed page, the shop's page does (embedding.js).
const unique = () => crypto.randomUUID?.() ?? Array.from(crypto.getRandomValues(new Uint8Array(16)), n => n.toString(16).padStart(2, "0")).join("");
