// Passing news, and problems that stay until they are read.
import { merge } from "./lines.js";
import { parse } from "./swap.js";
import { post } from "./server.js";
import { words } from "./words.js";

const LONG = 8;
const box = document.getElementById("toasts");
const problemBox = document.getElementById("problem");

function show(toast) {
  box.replaceChildren(toast);
  setTimeout(() => toast.remove(), Number(toast.dataset.for || LONG) * 1000);
}

export function say(text) {
  const toast = document.createElement("div");
  toast.className = "toast";
  toast.setAttribute("role", "status");
  toast.textContent = text;
  show(toast);
}

export function problem(text, near) {
  const place = near?.closest("form")?.querySelector("[data-error]");
  if (place) {
    place.textContent = text;
    place.hidden = false;
    return;
  }
  problemBox.querySelector("[data-words]").textContent = text || words.problem;
  problemBox.hidden = false;
}

// The answer to something that was sent: its lines, and a toast with Undo.
export function showSent(html) {
  merge(html);
  const toast = parse(html).querySelector(".toast");
  if (toast) show(toast);
}

export function obey(response) {
  const told = JSON.parse(response.headers.get("HX-Trigger") || "{}");
  if (told["desk:say"]) say(told["desk:say"].words);
  if (told["desk:changed"]) document.dispatchEvent(new CustomEvent("desk:changed"));
}

async function act(button) {
  button.disabled = true;
  try {
    const response = await post(button.formAction, button.name ? { [button.name]: button.value } : {});
    if (response.ok) obey(response);
    else problem(response.status === 422 ? await response.text() : words.problem, button);
    if (response.ok) button.closest(".toast")?.remove();
  } catch {
    problem(words.problem);
  }
  button.disabled = false;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-act]");
  if (button) {
    event.preventDefault();
    act(button);
  }
  if (event.target.closest("[data-close]")) problemBox.hidden = true;
});
document.addEventListener("desk:say", (event) => say(event.detail.words));
document.addEventListener("htmx:responseError", (event) => {
  const { xhr, elt } = event.detail;
  problem(xhr.status === 422 ? xhr.responseText : words.problem, elt);
});
document.addEventListener("htmx:sendError", () => problem(words.problem));
const first = box.querySelector(".toast");
if (first) show(first);
document.addEventListener("desk:changed", () => {
  document.querySelectorAll("details.pop[open], #more[open]").forEach((menu) => (menu.open = false));
});
