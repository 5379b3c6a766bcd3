// What is said comes in by a live stream where there is one, else by asking every five seconds.
// Both lead to the same partial the page is made of; lines are known by their key.

const chat = document.getElementById("chat");
const main = document.getElementById("main");
const newer = document.getElementById("newer");
const tick = document.getElementById("tick-read");
const writing = document.getElementById("writing");
const EVERY = 5000;
const STILL = 30000; // while the stream is open, an occasional look all the same

const unread = new Set(); // replies that are here and were not in sight yet
const told = new Map(); // id: was it told as read, or only as here

let list = document.getElementById("lines");
let tag = "";
let stream = null;
let timer = 0;
let asking = null;
let again = false;

async function look() {
  if (asking) {
    again = true;
    return;
  }
  asking = ask();
  await asking;
  asking = null;
  if (again) {
    again = false;
    look();
  } else {
    plan();
  }
}

async function ask() {
  const after = list.dataset.after;
  try {
    const answer = await fetch(`${chat.dataset.lines}?after=${after}`, {
      headers: tag ? { "If-None-Match": tag } : {},
      cache: "no-store",
      signal: AbortSignal.timeout(20000),
    });
    if (answer.status === 200) {
      take(await answer.text());
      // Where the next look starts further on, its answer is another text.
      tag = list.dataset.after === after ? answer.headers.get("ETag") || "" : "";
    }
    if (answer.ok || answer.status === 304) tell("chat:reached");
  } catch {
    tell("chat:lost");
  }
}

function plan() {
  clearTimeout(timer);
  const pause = stream && stream.readyState === EventSource.OPEN ? STILL : EVERY;
  timer = setTimeout(look, document.hidden ? Math.max(pause, STILL) : pause);
}

function take(text) {
  const fresh = new DOMParser().parseFromString(text, "text/html").getElementById("lines");
  if (!fresh) return;
  if (fresh.dataset.thread !== list.dataset.thread) restart();
  const atEnd = main.scrollTop > -40; // the thread is laid out from its end
  const known = list.querySelectorAll("[data-seq]").length;
  forgetPassing(fresh);
  for (const line of [...fresh.children]) place(line);
  for (const name of ["thread", "after", "read", "unread"]) list.dataset[name] = fresh.dataset[name];
  showWriting(fresh.dataset.writing);
  markRead(Number(fresh.dataset.read));
  if (!atEnd && list.querySelectorAll("[data-seq]").length > known) newer.hidden = false;
  tell("chat:lines");
  tellSeen();
  listen();
}

function restart() {
  if (list.dataset.thread) list.replaceChildren();
  stream?.close();
  stream = null;
}

function forgetPassing(fresh) {
  if (fresh.dataset.finished === undefined) find("finished")?.remove();
}

function find(key) {
  return list.querySelector(`[data-key="${CSS.escape(key)}"]`);
}

function place(line) {
  const known = find(line.dataset.key);
  if (known) {
    if (known.outerHTML !== line.outerHTML) known.replaceWith(line);
    return;
  }
  const seq = Number(line.dataset.seq);
  const next = [...list.children].find((other) => Number(other.dataset.seq) > seq);
  list.insertBefore(line, next || null);
}

function markRead(upTo) {
  for (const line of list.querySelectorAll(".out[data-seq]")) {
    const mark = line.querySelector(".tick");
    if (mark && !mark.dataset.read && Number(line.dataset.seq) <= upTo) {
      mark.replaceChildren(tick.content.cloneNode(true));
      mark.dataset.read = "";
    }
  }
}

function showWriting(words) {
  document.getElementById("writes")?.remove();
  if (!words) return;
  const line = writing.content.cloneNode(true).firstElementChild;
  line.id = "writes";
  line.querySelector("span").textContent = words;
  document.getElementById("outbox").append(line);
  setTimeout(() => line.remove(), 8000);
}

// Here while the page is hidden, read once it is in sight.
async function tellSeen() {
  const read = !document.hidden;
  for (const id of list.dataset.unread.split(",").filter(Boolean)) if (!told.has(id)) unread.add(id);
  const ids = [...unread].filter((id) => told.get(id) !== read);
  if (!ids.length) return;
  const body = new URLSearchParams({ token: chat.dataset.token, ids: ids.join(","), ...(read && { read: "on" }) });
  const answer = await fetch(chat.dataset.seen, { method: "POST", body }).catch(() => null);
  if (!answer?.ok) return;
  for (const id of ids) {
    told.set(id, read);
    if (read) unread.delete(id);
  }
}

function listen() {
  if (stream || !list.dataset.thread || !window.EventSource) return;
  stream = new EventSource(chat.dataset.live);
  stream.addEventListener("change", look);
  stream.addEventListener("resync", look);
  stream.addEventListener("open", look);
  stream.addEventListener("error", () => {
    if (stream?.readyState === EventSource.CLOSED) stream = null; // refused: asking goes on, and tries again
    plan();
  });
}

function tell(name) {
  document.dispatchEvent(new CustomEvent(name));
}

// The first message has no stream yet that would tell of it.
document.addEventListener("chat:sent", () => [0, 300, 1000, 2500].forEach((pause) => setTimeout(look, pause)));
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  tellSeen();
  look();
});
addEventListener("online", look);
addEventListener("pagehide", () => stream?.close());
newer.addEventListener("click", () => main.scrollTo({ top: 0 }));
main.addEventListener("scroll", () => {
  if (main.scrollTop > -40) newer.hidden = true;
});

markRead(Number(list.dataset.read));
tellSeen();
listen();
look();
