// When there is a network: what was taken without one is sent in its order, and what may be taken the next time is
// fetched. Nothing leaves the queue before the server has said what became of it.
import { canRead, fromBase64, isOfCentre, sign } from "./signing.js";
import { about } from "./steps.js";
import { alone, change, fact, queued } from "./store.js";

const EVERY = 60_000;
const AT_ONCE = 200;

// A page that was opened without a network has an old token. Who is not signed in any more is sent elsewhere.
export async function csrf() {
  const answer = await fetch(about.state, { redirect: "manual" });
  if (answer.type === "opaqueredirect") throw new Error("signed out");
  about.token = (await answer.json()).token;
}

export const sync = () => alone(exchange).catch((why) => ({ signedOut: why.message === "signed out" })).then(tell);

async function exchange() {
  const device = await fact("device");
  if (!device || !navigator.onLine) return null;
  await csrf();
  const told = { good: 0, bad: 0, reached: true };
  let more = true;
  while (more) {
    const waiting = await queued();
    const records = waiting.slice(0, AT_ONCE);
    more = waiting.length > AT_ONCE;
    const answer = await post(device, records, more);
    await settle(answer, records, told);
    if (!more) await learn(answer, await listIn(answer));
  }
  return told;
}

async function post(device, records, more) {
  const body = JSON.stringify({
    device: device.id,
    at: new Date().toISOString(),
    records: records.map(({ body, signature }) => ({ body, signature })),
    more,
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

async function settle(answer, records, told) {
  const known = new Set(answer.outcomes.map((outcome) => outcome.digest));
  for (const outcome of answer.outcomes) told[outcome.good ? "good" : "bad"] += 1;
  await change(({ queue }) => {
    for (const record of records) if (known.has(record.digest)) queue.delete(record.counter);
  });
}

// A list is signed by the centre. The first one is believed because of where it came from; later ones by the keys.
async function listIn(answer) {
  const bytes = fromBase64(answer.list);
  const known = (await fact("limits"))?.keys.find((key) => key.number === answer.number);
  const checked = known && (await canRead());
  if (checked && !(await isOfCentre(fromBase64(known.public), fromBase64(answer.signature), bytes))) {
    throw new Error("list");
  }
  return JSON.parse(new TextDecoder().decode(bytes));
}

async function learn(answer, list) {
  const used = Object.entries((await fact("used")) ?? {}).filter(([, until]) => until > Date.now());
  const gone = answer.revoked && !(await queued()).length;
  await change(({ facts, holds }) => {
    facts.put(answer.revoked ? { ...list.limits, programmes: [] } : list.limits, "limits");
    facts.put(Object.fromEntries(used), "used");
    facts.put(Date.now(), "synced");
    holds.clear();
    for (const hold of list.holds) holds.put(hold);
    if (gone) facts.delete("device");
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
