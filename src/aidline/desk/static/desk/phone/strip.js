// The phone on every page of the desk: what rings, the call one is in, what comes after it.
// The talk itself runs in the phone's own window (window.js), which stays open while pages come and go.
import "./count.js";
import { keys } from "./keys.js";
import { ask, name, on, send } from "./line.js";
import { words } from "./words.js";
import { part } from "../server.js";
import { listen } from "../stream.js";
import { swap } from "../swap.js";

const GATHER = 60;
const POLL = 5_000; // while something rings or is talked: an offer lasts twenty seconds
const WINDOW = "popup,width=460,height=760";

const phone = document.getElementById("phone");
const isWindow = Boolean(document.getElementById("own"));
const bar = () => document.getElementById("callbar");
const pending = new Map();
let opened = null;
let here = { state: "off", talk: "", muted: false, trouble: "" };
let gathering = 0;
let turn = 0;

document.documentElement.classList.add("js");

// --- what the server says ---

async function look() {
  gathering = 0;
  const html = await part(phone.dataset.strip + (isWindow ? "?window=1" : ""), { fresh: true }).catch(() => null);
  if (html === null) return;
  const box = document.createElement("template");
  box.innerHTML = html;
  // The same state is left alone: somebody may be writing in it, or about to press a button.
  if (box.content.firstElementChild.dataset.stands !== bar().dataset.stands) swap(html);
  show();
}

export function want() {
  gathering ||= setTimeout(look, GATHER);
}

// --- what the phone window says ---

function chip() {
  const place = document.getElementById("phone-chip");
  if (!place) return;
  place.dataset.state = here.state;
  place.querySelector("[data-words]").textContent = words[here.talk && here.state === "ready" ? "talking" : here.state];
}

function tell(element, text) {
  if (!element || element.textContent === text) return;
  element.textContent = text;
  element.hidden = !text;
}

function trouble() {
  if (here.trouble) return here.trouble;
  return bar().dataset.call && here.state === "off" ? words.notHere : "";
}

function showTalk() {
  const button = bar().querySelector("[data-mute]");
  if (button) {
    button.toggleAttribute("data-on", here.muted);
    button.querySelector("span").textContent = here.muted ? words.unmute : words.mute;
    button.disabled = !here.talk;
  }
  const muted = bar().querySelector('[data-show="muted"]');
  if (muted) muted.hidden = !here.muted;
  tell(bar().querySelector('[data-show="trouble"]'), trouble());
}

// The title of the page tells that something rings; no flashing, and no sound from here.
function showRinging() {
  const says = bar().dataset.says ?? "";
  const place = phone.querySelector("[data-status]");
  if (place.textContent !== says) place.textContent = says;
  const mark = says ? `${words.ringing} · ` : "";
  const before = document.documentElement.dataset.ringing ?? "";
  if (mark === before) return;
  document.documentElement.dataset.ringing = mark;
  document.title = mark + document.title.slice(before.length);
  document.dispatchEvent(new CustomEvent("phone:ringing", { detail: bar().dataset.ringing ?? "" }));
}

function show() {
  chip();
  showTalk();
  showRinging();
}

on("state", (state) => {
  here = state;
  show();
  if (state.state === "ready") [...pending.values()].forEach((wish) => wish.waits && hand(wish));
});
on("changed", want);

// --- what is wished for ---

function openWindow() {
  opened = window.open(phone.dataset.window, name, WINDOW);
}

function hand(wish) {
  wish.waits = false;
  send({ type: "do", id: wish.id, url: wish.url, data: wish.data });
}

// Only the phone window can connect: it is told what to do, and opened first if it is not there.
async function start(form, button) {
  const data = [...new FormData(form, button)];
  // Without an address of its own a button tells that of the page, not that of its form.
  const url = button.hasAttribute("formaction") ? button.formAction : form.action;
  const wish = { id: `${Date.now()}-${(turn += 1)}`, url, data, form, waits: true };
  pending.set(wish.id, wish);
  button.setAttribute("aria-busy", "true");
  const state = await ask();
  if (state?.state === "ready") return wish.waits && hand(wish); // its answer may have set it off already
  if (!isWindow && !state) openWindow();
  fail(form, words.openFirst);
}

function fail(form, text) {
  const place = form.querySelector("[data-error]");
  if (!place) return;
  place.textContent = text;
  place.hidden = false;
}

function openTalk(url) {
  const event = new CustomEvent("desk:open", { detail: { url }, cancelable: true });
  document.dispatchEvent(event);
}

on("answer", ({ id, ok, text, open }) => {
  const wish = pending.get(id);
  if (wish) {
    pending.delete(id);
    wish.form.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
    if (!ok) fail(wish.form, text);
  }
  // The conversation opens where one works: on the desk that is looked at, and nowhere else.
  if (ok && open && !document.hidden) openTalk(open);
  want();
});

document.addEventListener(
  "submit",
  (event) => {
    if (!event.submitter?.matches("[data-talk]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    start(event.target, event.submitter);
  },
  true,
);

document.addEventListener("click", (event) => {
  const key = event.target.closest("[data-key]");
  if (event.target.closest("[data-mute]")) send({ type: "mute" });
  if (key) press(key);
  const link = event.target.closest("[data-open-talk]");
  if (link && document.getElementById("desk")) {
    event.preventDefault();
    openTalk(link.href);
  }
  const chipLink = event.target.closest("#phone-chip");
  if (chipLink) {
    event.preventDefault();
    showWindow();
  }
});

function press(key) {
  send({ type: "key", key: key.dataset.key });
  const typed = key.closest(".menu").querySelector("[data-typed]");
  typed.textContent = (typed.textContent.trim() + key.dataset.key).slice(-16);
}

// Opening it anew would end the talk that runs in it.
async function showWindow() {
  if (!(await ask())) return openWindow();
  send({ type: "show" });
  opened?.focus();
}

// The server hangs up first: a leg that leaves by itself means that an agent was lost.
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (detail.elt.matches("[data-hang-up]") && detail.successful) send({ type: "hangup" });
});
document.addEventListener("htmx:responseError", ({ detail }) => {
  const form = phone.contains(detail.elt) && detail.elt.closest("form");
  if (form) fail(form, detail.xhr.status === 422 ? detail.xhr.responseText : words.problem);
});
document.addEventListener("desk:changed", () => {
  phone.querySelectorAll("details.pop[open]").forEach((menu) => (menu.open = false));
  want();
  send({ type: "changed" });
});
document.addEventListener("visibilitychange", () => document.hidden || want());

listen(({ kind }) => (kind === "call" || kind === "resync" || kind === "presence") && want());
setInterval(() => (here.state !== "off" || bar().dataset.call) && want(), POLL);
keys(phone);
send({ type: "who" });
show();
