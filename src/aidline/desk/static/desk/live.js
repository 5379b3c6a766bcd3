// One event stream for all tabs of a browser: the tab that holds the lock listens and tells the others.
import { alive } from "./link.js";
import { onEvent } from "./refresh.js";

const POLL = 10_000;
const RETRY = 5_000;

const desk = document.getElementById("desk");
const name = `aidline-desk-${desk.dataset.centre}`;
const others = "BroadcastChannel" in window ? new BroadcastChannel(name) : null;
let failures = 0;
let polling = 0;
let source = null;

function tell(event) {
  others?.postMessage(event);
  onEvent(event);
}

function heard(raw) {
  alive();
  tell(JSON.parse(raw.data || "{}"));
}

function connected() {
  alive();
  const missed = failures > 0;
  failures = 0;
  clearInterval(polling);
  polling = 0;
  if (missed) tell({ kind: "resync" });
}

// A stream that fails twice is not waited for: the page looks by itself and goes on trying.
function failed() {
  failures += 1;
  if (failures >= 2 && !polling) {
    tell({ kind: "resync" });
    polling = setInterval(tell, POLL, { kind: "resync" });
  }
  if (source.readyState === EventSource.CLOSED) setTimeout(connect, RETRY * Math.min(failures, 6));
}

function connect() {
  source?.close();
  source = new EventSource(desk.dataset.live);
  source.addEventListener("open", connected);
  source.addEventListener("hello", alive);
  source.addEventListener("change", heard);
  source.addEventListener("resync", () => tell({ kind: "resync" }));
  source.addEventListener("error", failed);
}

function lead() {
  connect();
  return new Promise((release) => addEventListener("pagehide", () => (source.close(), release()), { once: true }));
}

others?.addEventListener("message", ({ data }) => (alive(), onEvent(data)));
if (navigator.locks && others) navigator.locks.request(name, lead);
else lead();
addEventListener("pageshow", (event) => event.persisted && location.reload());
