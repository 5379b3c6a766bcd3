// Fetching what an event says has changed: gathered for a moment, never one request per event.
import { last, merge } from "./lines.js";
import { part } from "./server.js";
import { swap } from "./swap.js";

const GATHER = 60;
const QUEUE_EVERY = 700;
const HIDDEN_EVERY = 5_000;
const MOVED = 1_200;

const desk = document.getElementById("desk");
const wanted = new Set();
let timer = 0;
let queueAt = 0;
let pointerAt = 0;

export const talk = () => document.querySelector("#talk[data-conversation]");
export const current = () => talk()?.dataset.conversation ?? "";

function queueUrl() {
  const query = new URLSearchParams(document.getElementById("rows").dataset.query);
  if (current()) query.set("open", current());
  return `${desk.dataset.queue}?${query}`;
}

const jobs = {
  queue: async () => {
    queueAt = Date.now();
    swap(await part(queueUrl()));
    showCounts();
  },
  lines: async () => {
    merge(await part(`${talk().dataset.lines}?after=${last()}`));
    watchReply();
  },
  head: async () => swap(await part(talk().dataset.head)),
  person: async () => swap(await part(talk().dataset.person)),
};

// A row that is about to be clicked does not move away.
const aiming = () => document.querySelector("#rows:hover") && Date.now() - pointerAt < MOVED;

function delay() {
  if (!wanted.has("queue") || wanted.size > 1) return GATHER;
  const pause = document.hidden ? HIDDEN_EVERY : QUEUE_EVERY;
  return Math.max(GATHER, queueAt + pause - Date.now());
}

export function want(...names) {
  names.forEach((name) => wanted.add(name));
  if (!timer) timer = setTimeout(flush, delay());
}

async function flush() {
  timer = 0;
  const names = [...wanted].filter((name) => name === "queue" || talk());
  wanted.clear();
  const early = names.includes("queue") && (Date.now() - queueAt < QUEUE_EVERY || aiming());
  const now = early ? names.filter((name) => name !== "queue") : names;
  const results = await Promise.allSettled(now.map((name) => jobs[name]()));
  if (early) setTimeout(() => want("queue"), QUEUE_EVERY);
  return results;
}

export function wantAll() {
  want("queue", "lines", "head", "person");
}

// When the reply window opens or shuts, the field follows; what was typed stays.
async function watchReply() {
  const composer = document.getElementById("composer");
  const state = document.getElementById("lines")?.dataset.reply;
  if (!composer || !state || composer.dataset.reply === state) return;
  const text = document.getElementById("text")?.value ?? "";
  const noting = composer.classList.contains("noting");
  const html = await part(`${talk().dataset.composer}${noting ? "?mode=note" : ""}`, { fresh: true });
  const box = document.createElement("template");
  box.innerHTML = html;
  composer.replaceWith(box.content);
  const field = document.getElementById("text");
  if (field) field.value = text;
  window.htmx?.process(document.getElementById("composer"));
}

export function showCounts() {
  const tabs = document.getElementById("tabs");
  const waiting = Number(tabs.dataset.waiting);
  document.title = (waiting ? `(${tabs.dataset.shown}) ` : "") + desk.dataset.title;
}

export function onEvent({ kind, conversation }) {
  const here = conversation && conversation === current();
  if (kind === "message") want("queue", ...(here ? ["lines", "head"] : []));
  else if (kind === "state") want("queue", ...(here ? ["lines", "head", "person"] : []));
  else if (kind === "looking") {
    if (here) want("head");
    if (document.getElementById(`q-${conversation}`)) want("queue");
  } else if (kind === "resync") wantAll();
  else if (kind !== "hello") want("queue");
}

document.addEventListener("pointermove", () => (pointerAt = Date.now()), { passive: true });
document.addEventListener("desk:changed", wantAll);
document.addEventListener("desk:back", wantAll);
document.addEventListener("desk:try", wantAll);
