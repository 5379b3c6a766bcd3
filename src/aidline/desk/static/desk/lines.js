// The lines of the thread: new ones are put where they belong, changed ones replaced, nothing else moves.
import { parse } from "./swap.js";
import { digits, fill, words } from "./words.js";

const NEAR = 48;
let unread = 0;

const thread = () => document.getElementById("thread");
const list = () => document.getElementById("lines");
const key = (line) => Number(line.dataset.at) * 1e5 + Number(line.dataset.seq);

// The thread grows upwards (column-reverse): its end is at 0.
const atEnd = () => Math.abs(thread().scrollTop) < NEAR;

export const last = () => Number(list()?.dataset.last ?? 0);

function insert(line) {
  const mine = key(line);
  let after = list().lastElementChild;
  while (after && key(after) > mine) after = after.previousElementSibling;
  if (after) after.after(line);
  else list().prepend(line);
}

function take(line, shown) {
  const old = document.getElementById(line.id);
  if (!old) {
    insert(line);
    if (line.matches(".in")) shown.fresh += 1;
  } else if (old.dataset.v !== line.dataset.v) {
    old.replaceWith(line);
  } else return;
  window.htmx?.process(line);
}

function keepPlace(change) {
  const box = thread();
  const end = atEnd();
  const height = box.scrollHeight;
  const top = box.scrollTop;
  const fresh = change();
  if (end) box.scrollTop = 0;
  else {
    box.scrollTop = top - (box.scrollHeight - height);
    unread += fresh;
    tell();
  }
}

export function merge(html) {
  if (html === null || !list()) return;
  const content = parse(html);
  const ordered = content.querySelector("#lines");
  const lines = [...(ordered ?? content).children].filter((line) => line.matches("li[data-at]"));
  if (ordered) Object.assign(list().dataset, { last: ordered.dataset.last, reply: ordered.dataset.reply });
  keepPlace(() => {
    const shown = { fresh: 0 };
    lines.filter((line) => line.id !== "earlier").forEach((line) => take(line, shown));
    if (ordered && !content.querySelector("#closing")) document.getElementById("closing")?.remove();
    return shown.fresh;
  });
}

// Older lines were put in front: a day that is now there twice is said once.
export function tidy() {
  const seen = new Set();
  document.querySelectorAll("#lines > li[id]").forEach((line) => {
    if (seen.has(line.id)) line.remove();
    seen.add(line.id);
  });
}

function tell() {
  const button = document.getElementById("go-down");
  if (!button) return;
  button.hidden = unread === 0;
  button.querySelector("span").textContent = fill(words.newLines, { count: digits(unread) });
}

export function goDown() {
  unread = 0;
  tell();
  if (thread()) thread().scrollTop = 0;
}

document.addEventListener("scroll", (event) => event.target === thread() && atEnd() && unread && goDown(), true);
document.addEventListener("click", (event) => event.target.closest("#go-down") && goDown());
