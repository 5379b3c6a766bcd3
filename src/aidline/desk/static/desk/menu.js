// The list above the field: prepared replies after "/", colleagues after "@" in a note. A combobox by its roles.
import { part } from "./server.js";
import { parse } from "./swap.js";

const WAIT = 150;
let timer = 0;
let range = null; // what of the text the choice will replace

const field = () => document.getElementById("text");
const box = () => document.getElementById("menu");
const options = () => [...box().querySelectorAll("[role=option]")];

export const isOpen = () => Boolean(box()?.firstElementChild);

export function close() {
  clearTimeout(timer);
  range = null;
  box()?.replaceChildren();
  field()?.removeAttribute("aria-activedescendant");
  field()?.removeAttribute("aria-controls");
}

function mark(option) {
  options().forEach((other) => other.setAttribute("aria-selected", String(other === option)));
  option.scrollIntoView({ block: "nearest" });
  field().setAttribute("aria-activedescendant", option.id);
}

function choose(option) {
  const { start, end } = range ?? { start: field().selectionStart, end: field().selectionStart };
  field().setRangeText(option.dataset.text, start, end, "end");
  close();
  field().focus();
  field().dispatchEvent(new Event("input", { bubbles: true }));
}

async function open(url, words, found) {
  const html = await part(`${url}?q=${encodeURIComponent(words)}`, { fresh: true }).catch(() => null);
  if (html === null || !box()) return;
  box().replaceChildren(parse(html));
  range = found;
  field().setAttribute("aria-controls", "options");
  if (options().length) mark(options()[0]);
}

// "/" at the start of a word, with what follows it up to the cursor; "@" the same in a note.
const SIGNS = { "/": /(?:^|\s)\/([^\s/]{0,40})$/, "@": /(?:^|\s)@([^\s@]{0,40})$/ };

function wordAtCursor(sign) {
  const end = field().selectionStart;
  const match = field().value.slice(0, end).match(SIGNS[sign]);
  return match ? { words: match[1], start: end - match[1].length - 1, end } : null;
}

export function look(form) {
  const noting = form.classList.contains("noting");
  const found = wordAtCursor(noting ? "@" : "/");
  clearTimeout(timer);
  if (!found) return close();
  const url = noting ? form.dataset.colleaguesUrl : form.dataset.preparedUrl;
  timer = setTimeout(() => open(url, found.words, found), WAIT);
}

// True when the key was for the list.
export function pressed(event) {
  if (!isOpen()) return false;
  const all = options();
  const at = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
  if (event.key === "Escape") close();
  else if (!all.length) return false;
  else if (event.key === "ArrowDown") mark(all[(at + 1) % all.length]);
  else if (event.key === "ArrowUp") mark(all[(at - 1 + all.length) % all.length]);
  else if ((event.key === "Enter" && !event.ctrlKey && !event.metaKey) || event.key === "Tab") choose(all[Math.max(at, 0)]);
  else return false;
  event.preventDefault();
  event.stopPropagation();
  return true;
}

document.addEventListener("click", (event) => {
  const option = event.target.closest("#menu [role=option]");
  if (option) {
    event.preventDefault();
    choose(option);
    return;
  }
  const opener = event.target.closest("[data-prepared]");
  if (opener) {
    event.preventDefault();
    if (isOpen()) close();
    else open(opener.closest("form").dataset.preparedUrl, "", null).then(() => field().focus());
  } else if (isOpen() && !event.target.closest("#composer")) close();
});
