// The keyboard of the desk. Single letters never fire in a field and can be turned off in the profile.
import { mode } from "./composer.js";
import { back, person } from "./open.js";
import { openSheet } from "./sheet.js";

const desk = document.getElementById("desk");
const GO = { d: "inbox", c: "case", a: "book", b: "board" };
let going = 0;

const rows = () => [...document.querySelectorAll("#rows a.q")];

function step(by) {
  const all = rows();
  const focused = all.indexOf(document.activeElement);
  const at = focused >= 0 ? focused : all.findIndex((row) => row.hasAttribute("aria-current"));
  all[Math.min(Math.max(at + by, 0), all.length - 1)]?.focus();
}

function menu(name) {
  const details = document.querySelector(`details[data-pop="${name}"]`);
  if (!details) return;
  const more = document.getElementById("more");
  if (more && name !== "filter") more.open = true;
  details.open = !details.open;
  if (details.open) details.querySelector(".menu :is(select, input:not([type=hidden]), button)")?.focus();
}

const go = (letter) => document.querySelector(`.rail use[href$="#${GO[letter]}"]`)?.closest("a").click();

const actions = {
  "?": () => openSheet(desk.dataset.keys),
  j: () => step(1),
  k: () => step(-1),
  f: () => menu("filter"),
  "/": () => (document.querySelector(".bar input[type=search]") ?? document.querySelector("#filters summary")).focus(),
  r: () => mode("reply"),
  n: () => mode("note"),
  t: () => menu("pass"),
  l: () => menu("later"),
  e: () => menu("finish"),
  i: () => person(),
  g: () => (going = Date.now()),
};

const inField = (target) => target.closest("input, textarea, select, [contenteditable]");

function escape() {
  const menus = document.querySelectorAll("details.pop[open], #more[open]");
  if (menus.length) {
    const inner = [...menus].at(-1);
    inner.open = false;
    inner.querySelector("summary").focus();
  } else if (desk.classList.contains("with-person")) person();
  else if (inField(document.activeElement)) document.activeElement.blur();
  else if (matchMedia("(max-width: 45rem)").matches) back();
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.querySelector("dialog[open]")) return;
  if (event.key === "Escape") return escape();
  if (inField(event.target) || !("shortcuts" in desk.dataset)) return;
  if (going && Date.now() - going < 1_500 && GO[event.key]) go(event.key);
  else if (actions[event.key]) actions[event.key]();
  else return;
  if (event.key !== "g") going = 0;
  event.preventDefault();
});

// A menu closes when one clicks beside it; only one is open at a time.
document.addEventListener("click", (event) => {
  document.querySelectorAll("details.pop[open]").forEach((details) => {
    if (!details.contains(event.target)) details.open = false;
  });
  const more = document.querySelector("#more[open]");
  if (more && !more.parentElement.contains(event.target)) more.open = false;
});
