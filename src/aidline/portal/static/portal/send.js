// What they write leaves in order, once, and waits in memory while there is no network.

const chat = document.getElementById("chat");
const form = document.getElementById("say");
const field = document.getElementById("text");
const outbox = document.getElementById("outbox");
const pending = document.getElementById("pending");
const problem = document.getElementById("problem");
const weak = document.getElementById("weak");
const file = document.getElementById("file");
const chosen = document.getElementById("chosen");
const LONGEST_PAUSE = 30000;

const queue = [];
let sending = false;
let failures = 0;
let timer = 0;

// A button of a question sends its choice and nothing else: what is being written stays.
function pick(button) {
  const data = new FormData();
  data.set("token", chat.dataset.token);
  data.set("id", newId());
  data.set("choice", button.value);
  const item = { data, line: show(data, button.textContent), late: false };
  queue.push(item);
  if (failures) hold(item);
  flush();
}

function submit() {
  const data = new FormData(form);
  if (!data.get("text").trim() && !file.files.length) return field.focus();
  data.set("token", chat.dataset.token);
  data.set("id", newId());
  say("");
  const item = { data, line: show(data), late: false };
  queue.push(item);
  if (failures) hold(item);
  form.reset();
  choose();
  field.value = "";
  field.focus();
  flush();
}

function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [8, 12, 16, 20].reduceRight((text, at) => `${text.slice(0, at)}-${text.slice(at)}`, hex);
}

function show(data, words) {
  const line = pending.content.cloneNode(true).firstElementChild;
  line.dataset.client = data.get("id");
  line.querySelector("p").textContent = words || data.get("text") || data.get("file").name;
  outbox.append(line);
  document.getElementById("main").scrollTo({ top: 0 });
  return line;
}

function state(item, name) {
  for (const word of item.line.querySelectorAll("[data-state]")) word.hidden = word.dataset.state !== name;
}

async function flush() {
  if (sending || !queue.length) return;
  clearTimeout(timer);
  sending = true;
  const done = await send(queue[0]);
  sending = false;
  if (done) {
    queue.shift();
    flush();
  }
}

async function send(item) {
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: item.data,
      headers: { Accept: "application/json" },
      signal: AbortSignal.timeout(item.data.get("file")?.size ? 120000 : 20000),
    });
    if (answer.status === 201) return accept(item);
    if (answer.status === 429) return wait(item, Number(answer.headers.get("Retry-After")) * 1000, (await answer.json()).error);
    if (answer.status === 403 && !item.renewed) return renew(item);
    if (answer.status < 500) return refuse(item, (await answer.json()).error);
  } catch {
    // no network, or no answer: the same id goes out again, and counts once
  }
  return keep(item);
}

function accept(item) {
  failures = 0;
  weak.hidden = true;
  say("");
  state(item, item.late ? "late" : "sent");
  document.dispatchEvent(new CustomEvent("chat:sent"));
  return true;
}

// The page was open for longer than its cookie lived: a fresh page brings another.
async function renew(item) {
  item.renewed = true;
  const page = await (await fetch(location.href)).text();
  const fresh = new DOMParser().parseFromString(page, "text/html").getElementById("chat");
  chat.dataset.token = fresh.dataset.token;
  item.data.set("token", fresh.dataset.token);
  return send(item);
}

function refuse(item, words) {
  say(words);
  if (!field.value) field.value = item.data.get("text") || "";
  item.line.remove();
  return true;
}

function wait(item, pause, words) {
  say(words);
  timer = setTimeout(flush, pause || LONGEST_PAUSE);
  return false;
}

function keep(item) {
  failures += 1;
  weak.hidden = false;
  queue.forEach(hold);
  timer = setTimeout(flush, Math.min(LONGEST_PAUSE, 1000 * 2 ** failures));
  return false;
}

function hold(item) {
  item.late = true;
  state(item, "kept");
}

function say(words) {
  problem.hidden = !words;
  problem.querySelector("span").textContent = words || "";
}

// A line which the thread shows now is no longer ours to show.
function drop() {
  for (const line of outbox.querySelectorAll("[data-client]")) {
    if (document.querySelector(`#lines [data-key="${line.dataset.client}"]`)) line.remove();
  }
}

function choose() {
  chosen.hidden = !file.files.length;
  document.getElementById("chosen-name").textContent = file.files[0]?.name || "";
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (event.submitter?.name === "choice") pick(event.submitter);
  else submit();
});
field.addEventListener("keydown", (event) => {
  const plain = event.key === "Enter" && !event.shiftKey && !event.isComposing && matchMedia("(pointer: fine)").matches;
  const told = event.key === "Enter" && (event.ctrlKey || event.metaKey);
  if (plain || told) {
    event.preventDefault();
    submit();
  }
});
file.addEventListener("change", choose);
document.getElementById("unchoose").addEventListener("click", () => {
  file.value = "";
  choose();
});
document.addEventListener("chat:lines", drop);
document.addEventListener("chat:lost", () => (weak.hidden = false));
document.addEventListener("chat:reached", () => {
  if (!queue.length) weak.hidden = true;
  else if (!sending) flush();
});
addEventListener("online", flush);
