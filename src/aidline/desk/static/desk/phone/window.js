// The phone itself, in a window that never navigates: the desk's pages are loaded anew all the time, and a talk that
// lived in one of them would end with it. They reach it through line.js.
import { chosen, isAllowed, microphone, onAllowed, silence } from "./devices.js";
import { name, on, send } from "./line.js";
import * as ringing from "./ring.js";
import { words } from "./words.js";
import { post, whisper } from "../server.js";

const BEAT = 20_000;
const RENEW_AT = 0.8; // of the time that a token lasts
const LEAST = 30_000;

const own = document.getElementById("own");
const find = (selector) => own.querySelector(selector);
const phones = new Map(); // by line: a centre may have several, with accounts of their own
let running = false;
let talk = null;
let beating = 0;
let locked = false;
let now = { type: "state", state: "off", talk: "", muted: false, trouble: "" };

// --- what is known, here and on the desk ---

function be(change) {
  now = { ...now, ...change };
  find("[data-words]").textContent = words[now.talk ? "talking" : now.state];
  own.querySelectorAll("[data-hint]").forEach((hint) => (hint.hidden = hint.dataset.hint !== now.state));
  const stopped = !["ready", "offline", "starting"].includes(now.state);
  find("[data-start]").hidden = now.state !== "off";
  find("[data-again]").hidden = !stopped || now.state === "off";
  find("[data-stop]").hidden = stopped || now.state === "starting" || Boolean(now.talk);
  own.dataset.state = now.state;
  send(now);
}

function problem(text = "") {
  find("[data-problem]").textContent = text;
  find("[data-problem]").hidden = !text;
}

// --- on and off ---

// One phone for a browser: two would both answer.
function only() {
  if (locked || !navigator.locks) return true;
  return new Promise((answer) => {
    navigator.locks.request(name, { ifAvailable: true }, (lock) => {
      locked = Boolean(lock);
      answer(locked);
      return lock ? new Promise(() => undefined) : undefined;
    });
  });
}

async function kit(line) {
  const response = await post(own.dataset.kit, line ? { line } : {});
  if (response.status === 422) throw new Error(await response.text());
  if (!response.ok) throw new Error(words.problem);
  return response.json();
}

// Without a line: the first of the centre, to see whether a phone can be had at all.
async function phoneOf(line) {
  if (phones.has(line)) return phones.get(line);
  const given = await kit(line);
  if (phones.has(given.line)) return phones.get(given.line);
  // Asked for now, while somebody looks; not held open between calls. The telephone of practice carries no voice.
  if (given.driver !== "simulated") silence(await microphone());
  const driver = await import(given.script);
  const phone = await driver.open({ ...given, ...chosen() }, heard);
  phones.set(given.line, phone);
  renewLater(given);
  return phone;
}

async function start() {
  if (now.state === "starting" || running) return;
  problem();
  if (!(await only())) return be({ state: "elsewhere" });
  be({ state: "starting" });
  try {
    await phoneOf("");
    running = true;
    ready();
  } catch (error) {
    shut();
    be({ state: error.why ?? "trouble" });
    if (!error.why) problem(error.message);
  }
}

function ready() {
  be({ state: "ready", trouble: "" });
  clearInterval(beating);
  beat();
  beating = setInterval(beat, BEAT);
}

const beat = () => post(own.dataset.here, {}).catch(() => undefined);

function shut() {
  running = false;
  phones.forEach((phone) => phone.close());
  phones.clear();
}

function stop() {
  clearInterval(beating);
  whisper(own.dataset.here, { gone: 1 });
  shut();
  be({ state: "off" });
}

function renewLater({ line, lasts }, after = lasts * 1_000 * RENEW_AT) {
  setTimeout(renew, Math.max(after, LEAST), line);
}

async function renew(line) {
  if (!phones.has(line)) return;
  try {
    const given = await kit(line);
    phones.get(line)?.renew(given);
    renewLater(given);
  } catch {
    renewLater({ line }, LEAST); // a talk goes on without; the next one needs it
    if (!talk) be({ trouble: words.renewal });
  }
}

// --- what the driver says ---

const HEARD = {
  ready: () => running && !talk && be({ state: "ready", trouble: "" }),
  offline: () => be({ state: "offline" }),
  connected: () => be({ state: "ready", talk: "talking", trouble: "" }),
  reconnecting: () => be({ trouble: words.reconnecting }),
  ended: () => ended(),
  trouble: (code) => be({ trouble: words[code] ?? words.dropped }),
};

function heard(event, detail) {
  HEARD[event]?.(detail);
}

function ended() {
  talk = null;
  be({ talk: "", muted: false, trouble: "" });
  send({ type: "changed" });
}

// --- what the desk wishes ---

function body(data) {
  const form = new FormData();
  data.filter(([field]) => field !== "csrfmiddlewaretoken").forEach(([field, value]) => form.append(field, value));
  return form;
}

async function carry({ id, url, data }) {
  const answer = (ok, text = "", open = "") => send({ type: "answer", id, ok, text, open });
  if (!running) return answer(false, words.openFirst);
  if (new URL(url, location.href).origin !== location.origin) return undefined;
  try {
    const response = await post(url, body(data));
    if (!response.ok) return answer(false, response.status === 422 ? await response.text() : words.problem);
    const ticket = await response.json();
    await connect(ticket);
    return answer(true, "", ticket.open);
  } catch {
    return answer(false, words.problem);
  }
}

async function connect({ leg, ticket, line, there }) {
  if (there && talk) return send({ type: "changed" }); // a supervisor who listened takes over: the same line
  be({ talk: "connecting", muted: false, trouble: "" });
  send({ type: "changed" });
  try {
    const phone = await phoneOf(line);
    const begun = await phone.connect({ leg, ticket });
    talk = now.talk ? begun : null; // it may have ended already
  } catch (error) {
    be({ talk: "", trouble: words[error.why] ?? words.failed });
  }
  return undefined;
}

function mute() {
  if (!talk) return;
  talk.mute(!now.muted);
  be({ muted: !now.muted });
  navigator.mediaSession?.setMicrophoneActive?.(!now.muted);
}

on("who", () => send(now));
on("do", carry);
on("mute", mute);
on("key", ({ key }) => talk?.keys(key));
on("hangup", () => talk?.hangUp());
on("show", () => window.focus());

// --- buttons, here and on a headset ---

find("[data-start]").addEventListener("click", start);
find("[data-again]").addEventListener("click", start);
find("[data-stop]").addEventListener("click", stop);

function headset(action, handle) {
  try {
    navigator.mediaSession?.setActionHandler(action, handle);
  } catch {
    // not every browser passes every button on
  }
}

headset("hangup", () => document.querySelector("[data-hang-up]")?.requestSubmit());
headset("togglemicrophone", mute);

const sound = document.getElementById("ring-sound");
sound.checked = ringing.wanted();
sound.addEventListener("change", () => {
  ringing.want(sound.checked);
  if (sound.checked) ringing.once();
});
document.addEventListener("phone:ringing", ({ detail }) => ringing.ring(Boolean(detail)));

addEventListener("offline", () => running && be({ state: "offline" }));
addEventListener("online", () => running && now.state === "offline" && ready());
addEventListener("beforeunload", (event) => talk && event.preventDefault());
addEventListener("pagehide", () => {
  if (running) whisper(own.dataset.here, { gone: 1 });
  send({ ...now, state: "off", talk: "" });
});

onAllowed(() => now.state === "refused" && start());
be({ state: "off" });
if (await isAllowed()) start();
