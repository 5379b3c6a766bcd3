// Whether the server can be reached, said in words. After 30 s without a sign of life the page is stale.
import { clockTime, fill, words } from "./words.js";

const STALE = 30_000;
const bar = document.getElementById("link");
let last = Date.now();
let down = false;

export function alive() {
  last = Date.now();
  if (!down && (!bar || bar.hidden)) return;
  const back = down;
  down = false;
  if (bar) bar.hidden = true;
  delete document.documentElement.dataset.stale;
  if (back) document.dispatchEvent(new CustomEvent("desk:back"));
}

export function trouble() {
  down = true;
  show();
}

function show() {
  if (!bar) return; // a page without timers and queue has nothing to be stale
  bar.querySelectorAll("[data-offline]").forEach((part) => (part.hidden = !down));
  bar.querySelector("[data-seen]").textContent = fill(words.seen, { time: clockTime(new Date(last)) });
  bar.hidden = false;
}

function check() {
  if (document.hidden || Date.now() - last < STALE) return;
  document.documentElement.dataset.stale = "";
  show();
}

setInterval(check, 3_000);
addEventListener("offline", trouble);
addEventListener("online", () => document.dispatchEvent(new CustomEvent("desk:try")));
bar?.querySelector("[data-again]").addEventListener("click", () =>
  document.dispatchEvent(new CustomEvent("desk:try")),
);
