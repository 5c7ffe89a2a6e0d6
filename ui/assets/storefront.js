// The front page: everything leads into the chat. Which demo customer shops here is kept for the chat to read.
for (const button of document.querySelectorAll("[data-say]")) button.addEventListener("click", () => Shopclerk.say(button.dataset.say));
document.querySelector("[data-ask]").addEventListener("submit", event => {
  event.preventDefault();
  const input = event.target.elements.q;
  if (input.value.trim()) Shopclerk.say(input.value.trim()); else Shopclerk.open();
  input.value = "";
});
const people = Array.from(document.querySelectorAll("[data-customer]"));
const shown = token => people.forEach(person => person.setAttribute("aria-pressed", String(person.dataset.customer === token)));
shown(localStorage.getItem("shopclerk.customer") ?? "");
for (const person of people) person.addEventListener("click", () => { shown(person.dataset.customer); Shopclerk.signIn(person.dataset.customer); Shopclerk.open(); });
