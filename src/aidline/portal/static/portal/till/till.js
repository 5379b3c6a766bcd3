// The till works without any of this, one page after the other; with it, at once, and without a network too.
import "./pad.js";
import "./camera.js";
import "./scanner.js";
import "./button.js";
import { connected, showWaiting } from "./link.js";
import { Refused, forget, look, take, toRelease } from "./offline.js";
import { about, refuse, show, swap } from "./steps.js";
import { queued } from "./store.js";
import { csrf, keepInStep } from "./sync.js";
import { cents, fill, money } from "./words.js";

const PATIENCE = 10_000;
const LONG_PATIENCE = 60_000; // a photo on a slow link
const GONE = [502, 503, 504]; // what a proxy says for a server that is not there
let offline = null; // the voucher on the counter: what was scanned, and the key of its amount

document.documentElement.classList.add("js");

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-act]");
  if (!form) return;
  event.preventDefault();
  if (form.ariaBusy === "true") return;
  form.ariaBusy = "true";
  await act(form).catch(() => refuse("broken"));
  form.ariaBusy = null;
});

async function act(form) {
  const data = new FormData(form);
  if (form.dataset.offline !== undefined) return withoutNetwork(form, data);
  const hold = form.dataset.act === "check" && (await toRelease(data.get("code")).catch(() => null));
  if (hold) data.set("released", hold.id);
  const answer = navigator.onLine ? await ask(form, data) : null;
  if (answer && hold) await forget(hold);
  connected(answer !== null);
  if (answer === null) await withoutNetwork(form, data);
  else if (!swap(await answer.text())) location.assign(about.home);
}

// Null where nobody answered.
async function ask(form, data, again = false) {
  const answer = await sent(form, data).catch(() => null);
  if (answer === null || GONE.includes(answer.status)) return null;
  if (answer.status === 403 && !again) {
    await csrf();
    return ask(form, data, true);
  }
  if (answer.status >= 500) throw new Error("broken");
  return answer;
}

function sent(form, data) {
  if (about.token) data.set("csrfmiddlewaretoken", about.token);
  const slow = data.get("photo")?.size ? LONG_PATIENCE : PATIENCE;
  return fetch(form.action, { method: "POST", body: data, signal: AbortSignal.timeout(slow) });
}

// --- without a network -----------------------------------------------------------------------------------

async function withoutNetwork(form, data) {
  try {
    await { check: begin, take: finish }[form.dataset.act]?.(data);
  } catch (why) {
    if (!(why instanceof Refused)) throw why;
    refuse(why.code);
  }
}

async function begin(data) {
  offline = { text: data.get("code"), key: crypto.randomUUID() };
  await askAmount();
}

async function askAmount(typed = "") {
  const seen = await look(offline.text);
  show("amount", "part-amount", (part) => {
    part.querySelector("#on-it").textContent = money(seen.most, seen.currency);
    part.querySelector("form").dataset.currency = seen.currency;
    part.querySelector("#amount").value = typed;
    part.querySelector(seen.hold ? '[data-when="token"]' : '[data-when="hold"]').remove();
  });
}

// The network may have gone between the two steps: the same code and key then lead on from here.
async function finish(data) {
  if (data.get("code")) offline = { text: data.get("code"), key: data.get("key") };
  const record = await take(offline.text, cents(data.get("amount")), offline.key);
  offline = null;
  show("result", "part-result", (part) => {
    fill(part.querySelector("[data-words]"), money(record.cents, record.currency ?? "EUR"));
    fill(part.querySelector("[data-number]"), String(record.counter).padStart(4, "0"));
  });
  showWaiting((await queued()).length);
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-next], #next")) {
    event.preventDefault();
    show("scan", "part-scan");
  }
  if (event.target.closest("[data-print]")) print();
});

if (navigator.serviceWorker) navigator.serviceWorker.register(about.worker, { scope: about.home });
keepInStep();
