// Things that are asked in a dialog: approved messages, the same person, keys. Without a script they are pages.
import { current } from "./refresh.js";
import { part, post } from "./server.js";
import { parse } from "./swap.js";
import { problem, showSent } from "./toast.js";
import { words } from "./words.js";

const sheet = document.getElementById("sheet");

export function fillSheet(html) {
  sheet.replaceChildren(parse(html));
  window.htmx?.process(sheet);
  if (!sheet.open) sheet.showModal();
}

export async function openSheet(url) {
  const html = await part(url, { fresh: true }).catch(() => null);
  if (html === null) return problem(words.problem);
  fillSheet(html);
}

function preview(field) {
  const form = field.closest("form");
  const fields = [...form.querySelectorAll("[data-field]")];
  for (const shown of form.querySelectorAll("[data-preview]")) {
    shown.textContent = fields.reduce(
      (text, one) => text.replaceAll(`{{${one.dataset.field}}}`, () => one.value.trim() || one.dataset.empty),
      shown.dataset.preview,
    );
  }
}

async function sendTemplate(form) {
  const button = form.querySelector("button");
  if (button.disabled) return;
  button.disabled = true;
  const asked = current();
  try {
    const response = await post(form.action, new FormData(form));
    const html = await response.text();
    if (response.ok) {
      sheet.close();
      if (asked === current()) showSent(html);
    } else problem(response.status === 422 ? html : words.problem, form.firstElementChild);
  } catch {
    problem(words.problem, form.firstElementChild); // the key stays the same: sending again is safe
  }
  button.disabled = false;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-sheet]");
  if (!link) return;
  event.preventDefault();
  openSheet(link.href);
});
sheet.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-template]")) return;
  event.preventDefault();
  sendTemplate(event.target);
});
sheet.addEventListener("input", (event) => event.target.matches("[data-field]") && preview(event.target));
document.addEventListener("desk:changed", () => sheet.open && sheet.close());
