// This browser becomes a device of the till: it makes a key of its own and keeps the private half.
import { newKey } from "./signing.js";
import { change, fact, queued } from "./store.js";
import { fill } from "./words.js";

const form = document.getElementById("pairing");

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const problem = document.getElementById("problem");
  problem.hidden = true;
  try {
    await pair();
    location.assign(form.dataset.home);
  } catch {
    problem.hidden = false;
  }
});

async function pair() {
  if ((await queued()).length) throw new Error("something waits here for an older pairing");
  const key = await newKey();
  const data = new URLSearchParams(new FormData(form));
  data.set("algorithm", key.algorithm);
  data.set("public", key.open);
  const answer = await fetch(form.action, { method: "POST", body: data });
  if (!answer.ok) throw new Error("pairing");
  const { device } = await answer.json();
  await change(({ facts, queue, holds }) => {
    facts.clear();
    queue.clear();
    holds.clear();
    facts.put({ id: device, key }, "device");
    facts.put({ counter: 0, prev: "" }, "chain");
  });
  await navigator.storage?.persist?.();
}

const waiting = document.getElementById("unsent");
const count = (await queued().catch(() => [])).length;
waiting.hidden = !count;
fill(waiting.querySelector("[data-words]"), count);

const last = document.getElementById("last");
const synced = last && (await fact("synced").catch(() => null));
if (synced) last.textContent = new Date(synced).toLocaleString(document.documentElement.lang);
document.documentElement.classList.add("js");
