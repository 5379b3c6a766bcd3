// Is there a network, how much waits here, and what became of what was sent.
import { fill } from "./words.js";

const good = document.getElementById("link-good");
const bad = document.getElementById("link-bad");
const waiting = document.getElementById("waiting");
const outcomes = document.getElementById("outcomes");

export function connected(there) {
  good.hidden = !there;
  bad.hidden = there;
}

export function showWaiting(count) {
  waiting.hidden = !count;
  fill(waiting.querySelector("span"), count);
}

document.addEventListener("till:synced", ({ detail }) => {
  showWaiting(detail.waiting);
  if (detail.reached || detail.signedOut) connected(navigator.onLine);
  if (detail.good) say("outcome-good", detail.good);
  if (detail.bad) say("outcome-bad", detail.bad);
  if (detail.waiting && detail.signedOut) say("outcome-wait", detail.waiting);
});

function say(id, count) {
  const line = document.getElementById(id).content.cloneNode(true);
  const number = line.querySelector("[data-count]");
  if (number) number.textContent = count;
  const list = outcomes.querySelector("div");
  list.querySelector(`[data-kind="${id}"]`)?.remove();
  line.firstElementChild.dataset.kind = id;
  list.append(line);
  outcomes.hidden = false;
}

addEventListener("online", () => connected(true));
addEventListener("offline", () => connected(false));
connected(navigator.onLine);
