// When there is a network: what was taken without one is sent in its order, and what may be taken the next time is
// fetched. Nothing leaves the queue before the server has said what became of it.
import { sign } from "./signing.js";
import { about } from "./steps.js";
import { alone, change, fact, queued } from "./store.js";

const EVERY = 60_000;
const AT_ONCE = 100;

export async function csrf() {
  const answer = await fetch(about.state, { headers: { Accept: "application/json" }, redirect: "error" });
  const state = await answer.json();
  about.token = state.token;
  return state;
}

export const sync = () => alone(exchange).catch(() => null).then(tell);

async function exchange() {
  const device = await fact("device");
  if (!device || !navigator.onLine) return null;
  await csrf();
  const told = { good: 0, bad: 0 };
  let answer = null;
  do {
    const records = (await queued()).slice(0, AT_ONCE);
    answer = await post(device, records);
    await keep(answer, records, told);
  } while ((await queued()).length && answer.outcomes.length);
  return told;
}

async function post(device, records) {
  const body = JSON.stringify({
    device: device.id,
    at: new Date().toISOString(),
    records: records.map(({ body, signature }) => ({ body, signature })),
  });
  const signature = await sign(device.key, new TextEncoder().encode(body));
  const answer = await fetch(about.sync, {
    method: "POST",
    body,
    redirect: "error",
    headers: { "Content-Type": "application/json", "X-CSRFToken": about.token, "X-Device-Signature": signature },
  });
  if (!answer.ok) throw new Error(`sync ${answer.status}`);
  return answer.json();
}

async function keep(answer, records, told) {
  const known = new Set(answer.outcomes.map((outcome) => outcome.digest));
  for (const outcome of answer.outcomes) told[outcome.good ? "good" : "bad"] += 1;
  const used = Object.entries((await fact("used")) ?? {}).filter(([, until]) => until > Date.now());
  await change(({ facts, queue, holds }) => {
    for (const record of records) if (known.has(record.digest)) queue.delete(record.counter);
    facts.put(answer.limits, "limits");
    facts.put(Object.fromEntries(used), "used");
    facts.put(Date.now(), "synced");
    holds.clear();
    for (const hold of answer.holds) holds.put(hold);
  });
}

async function tell(outcome) {
  const waiting = (await queued().catch(() => [])).length;
  document.dispatchEvent(new CustomEvent("till:synced", { detail: { ...outcome, waiting } }));
}

export function keepInStep() {
  setInterval(() => document.hidden || sync(), EVERY);
  addEventListener("online", sync);
  document.addEventListener("visibilitychange", () => document.hidden || sync());
  return sync();
}
