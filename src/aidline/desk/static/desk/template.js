// The person's view of a message while it is written. The server makes it; without this file a button asks for it.
const form = document.querySelector("[data-looks]");
let timer = 0;
let asked = 0;

function place(fresh) {
  const old = document.getElementById(fresh.id);
  if (!old || old.contains(document.activeElement)) return; // nothing is swapped away under somebody's fingers
  old.replaceWith(fresh);
}

async function look() {
  const turn = ++asked;
  const body = new FormData(form);
  body.set("act", "look");
  const response = await fetch(form.action || location.href, { method: "POST", body, headers: { "HX-Request": "true" } }).catch(() => null);
  if (!response?.ok || response.redirected || turn !== asked) return;
  const box = document.createElement("template");
  box.innerHTML = await response.text();
  for (const fresh of [...box.content.children]) place(fresh);
}

form.addEventListener("input", (event) => {
  if (!event.target.matches("[data-live]")) return;
  clearTimeout(timer);
  timer = setTimeout(look, 400);
});
