// Sending exactly once: what could not be handed over is repeated with the same key until there is an answer.
// It waits in memory only: nothing personal is written to this device, and the server has the draft.
import { post } from "./server.js";

const LONGEST = 30_000;
const TRIES = 5; // answers that say "broken" rather than "not there"
const waiting = [];
let running = false;

const pause = (length) =>
  new Promise((resume) => {
    const timer = setTimeout(resume, length);
    const now = () => (clearTimeout(timer), resume());
    addEventListener("online", now, { once: true });
    document.addEventListener("desk:try", now, { once: true });
  });

async function once(entry) {
  const response = await post(entry.url, entry.body);
  if (response.status < 500) return response;
  entry.broken += 1;
  return entry.broken >= TRIES ? response : null;
}

async function run() {
  running = true;
  let tries = 0;
  while (waiting.length) {
    const entry = waiting[0];
    const response = await once(entry).catch(() => null);
    if (response) {
      waiting.shift();
      tries = 0;
      await entry.answered(response);
    } else {
      entry.delayed();
      tries += 1;
      await pause(Math.min(2_000 * 2 ** Math.min(tries, 5), LONGEST));
    }
  }
  running = false;
}

export function send(entry) {
  waiting.push({ broken: 0, ...entry });
  if (!running) run();
}

addEventListener("beforeunload", (event) => waiting.length && event.preventDefault());
