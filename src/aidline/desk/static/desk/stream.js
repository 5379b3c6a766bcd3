// One event stream for all tabs of a browser: the tab that holds the lock listens and tells the others.
import { alive } from "./link.js";

const POLL = 10_000;
const RETRY = 5_000;

const place = document.querySelector("[data-live][data-centre]");
const name = `aidline-desk-${place?.dataset.centre}`;
const others = place && "BroadcastChannel" in window ? new BroadcastChannel(name) : null;
const listeners = new Set();
let failures = 0;
let polling = 0;
let source = null;

export const listen = (listener) => listeners.add(listener);

const hear = (event) => listeners.forEach((listener) => listener(event));

function tell(event) {
  others?.postMessage(event);
  hear(event);
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
  source = new EventSource(place.dataset.live);
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

others?.addEventListener("message", ({ data }) => (alive(), hear(data)));
if (place && navigator.locks && others) navigator.locks.request(name, lead);
else if (place) lead();
