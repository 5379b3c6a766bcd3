// Fetching what an event says has changed: gathered for a moment, never one request per event.
import { last, merge } from "./lines.js";
import { part } from "./server.js";
import { swap } from "./swap.js";

const GATHER = 60;
const QUEUE_EVERY = 700;
const HIDDEN_EVERY = 5_000;
const PATIENCE = 8; // the slower the server answers, the less often it is asked
const MOVED = 1_200;

const desk = document.getElementById("desk");
const waiting = new Map();
let queueAt = 0;
let queueEvery = QUEUE_EVERY;
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
    queueEvery = Math.min(Math.max(QUEUE_EVERY, PATIENCE * (Date.now() - queueAt)), HIDDEN_EVERY);
    showCounts();
  },
  lines: () =>
    ofThisTalk(`${talk().dataset.lines}?after=${last()}`, (html) => {
      merge(html);
      watchReply();
    }),
  head: () => ofThisTalk(talk().dataset.head, swap),
  person: () => ofThisTalk(talk().dataset.person, swap),
};

// What comes when another conversation is open by now is about somebody else: it is not shown.
async function ofThisTalk(url, show, options) {
  const asked = current();
  const html = await part(url, options);
  if (asked && asked === current()) show(html);
}

// A row that is about to be clicked does not move away.
const aiming = () => document.querySelector("#rows:hover") && Date.now() - pointerAt < MOVED;

// The conversation is fetched at once; the queue, which everything changes, at its own pace.
function pause(name) {
  if (name !== "queue") return GATHER;
  const every = document.hidden ? HIDDEN_EVERY : queueEvery;
  return Math.max(GATHER, queueAt + every - Date.now());
}

export function want(...names) {
  names.forEach((name) => {
    if (!waiting.has(name)) waiting.set(name, setTimeout(run, pause(name), name));
  });
}

function run(name) {
  waiting.delete(name);
  if (name !== "queue" && !talk()) return;
  if (name === "queue" && aiming()) setTimeout(want, MOVED, name);
  else jobs[name]().catch(() => undefined); // told by link.js; what was missed is fetched when it is back
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
  const url = `${talk().dataset.composer}${noting ? "?mode=note" : ""}`;
  await ofThisTalk(url, (html) => putComposer(composer, html, text), { fresh: true });
}

function putComposer(composer, html, text) {
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
  const ringing = document.documentElement.dataset.ringing ?? ""; // set by phone/strip.js
  document.title = ringing + (waiting ? `(${tabs.dataset.shown}) ` : "") + desk.dataset.title;
}

export function onEvent({ kind, conversation }) {
  const here = conversation && conversation === current();
  if (kind === "message") want("queue", ...(here ? ["lines", "head"] : []));
  else if (kind === "state") want("queue", ...(here ? ["lines", "head", "person"] : []));
  else if (kind === "call") {
    if (here) want("lines", "head");
  } else if (kind === "looking") {
    if (here) want("head");
    if (document.getElementById(`q-${conversation}`)) want("queue");
  } else if (kind === "resync") wantAll();
  else if (kind !== "hello") want("queue");
}

document.addEventListener("pointermove", () => (pointerAt = Date.now()), { passive: true });
document.addEventListener("desk:changed", wantAll);
document.addEventListener("desk:title", showCounts);
document.addEventListener("desk:back", wantAll);
document.addEventListener("desk:try", wantAll);
