// Every write of a staff page tells the token of its session (ui/csrf.py), which no other site's page can read.
(() => {
  const token = () => /(?:^|; )shopclerk_csrf=([0-9a-f]+)/.exec(document.cookie)?.[1] ?? "";
  const fetched = window.fetch;
  window.fetch = (input, init) => {
    const asked = input instanceof Request ? input : null, method = (init?.method ?? asked?.method ?? "GET").toUpperCase();
    if (["GET", "HEAD"].includes(method) || new URL(asked?.url ?? input, document.baseURI).origin !== location.origin) return fetched(input, init);
    const headers = new Headers(init?.headers ?? asked?.headers);
    headers.set("X-CSRF-Token", token());
    return fetched(input, { ...init, headers });
  };
  document.addEventListener("submit", event => {
    const form = event.target;
    if (form.method === "post" && !form.elements.csrf) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "csrf", value: token() }));
  }, true);
})();
