// This browser becomes a device of the till: it makes a key of its own and keeps the private half.
import { newKey } from "./signing.js";
import { change } from "./store.js";

const form = document.getElementById("pairing");

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const problem = document.getElementById("problem");
  problem.hidden = true;
  try {
    await pair();
    location.reload();
  } catch {
    problem.hidden = false;
  }
});

async function pair() {
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
