// Timers tick here with the words and limits of the server (templatetags/desk_inbox.py).
import { digits, fill, words } from "./words.js";

const MINUTE = 60_000;
const SOON = 10 * MINUTE;
const LATE = 30 * MINUTE;
const CLOSING = 120 * MINUTE;

export function spell(length) {
  const whole = Math.max(Math.floor(length / MINUTE), 0);
  const hours = Math.floor(whole / 60);
  const minutes = whole % 60;
  const values = { minutes: whole, hours, days: Math.floor(hours / 24) };
  let name = whole ? "minutes" : "now";
  if (hours >= 48) name = "days";
  else if (hours >= 6 || (hours && !minutes)) name = "hours";
  else if (hours) {
    name = "both";
    values.minutes = String(minutes).padStart(2, "0");
  }
  return digits(fill(words.time[name], values));
}

function tone(element, soon, late) {
  element.classList.toggle("late", late);
  element.classList.toggle("soon", soon && !late);
}

function show(element) {
  const at = Number(element.dataset.at);
  const text = element.querySelector("span");
  if (element.dataset.timer === "since") {
    const length = Date.now() - at;
    text.textContent = spell(length);
    tone(element, length >= SOON, length >= LATE);
    return;
  }
  const left = at - Date.now();
  text.textContent = left > 0 ? fill(words[element.dataset.timer] ?? words.shut, { time: spell(left) }) : words.shut;
  tone(element, left > 0 && left <= CLOSING, false);
}

// While the page is stale the timers stand still rather than lie.
export function tick() {
  if ("stale" in document.documentElement.dataset) return;
  document.querySelectorAll("[data-timer]").forEach(show);
}

setInterval(tick, 10_000);
