// Phones that live: forms are sent without leaving the page, and what changed is fetched once a second.

const board = document.querySelector("[data-phones]");
const stale = document.querySelector("[data-stale]");
const PART = { "X-Phone-Part": "1" };
let etag = "";

board?.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-say], [data-act]")) return;
  event.preventDefault();
  send(form, new FormData(form, event.submitter));
});

document.addEventListener("phone:say", (event) => send(event.target, event.detail));

async function send(form, data) {
  const phone = form.closest("[data-phone]");
  const answer = await fetch(form.action, { method: "POST", body: data, headers: PART });
  if (!answer.ok) return tell(true);
  form.reset();
  form.dispatchEvent(new Event("input", { bubbles: true }));
  form.closest("details")?.removeAttribute("open");
  show(phone, await answer.text(), answer.headers.get("X-Phone-Mark"));
}

function show(phone, html, mark) {
  const lines = phone.querySelector("[data-lines]");
  const atEnd = lines.scrollTop > -40; // the list is laid from its end
  lines.innerHTML = html;
  phone.dataset.mark = mark;
  if (atEnd) lines.scrollTop = 0;
}

async function look() {
  if (document.hidden) return;
  try {
    const answer = await fetch(board.dataset.marks, { headers: { "If-None-Match": etag } });
    tell(false);
    if (answer.status !== 200) return;
    etag = answer.headers.get("ETag");
    await Promise.all(Object.entries(await answer.json()).map(refresh));
  } catch {
    tell(true);
  }
}

async function refresh([id, mark]) {
  const phone = board.querySelector(`[data-phone="${id}"]`);
  if (!phone) return more();
  phone.dispatchEvent(new CustomEvent("phone:changed", { detail: mark }));
  if (phone.dataset.mark === mark || phone.querySelector("[data-lines] details[open]")) return;
  const answer = await fetch(phone.dataset.thread);
  if (answer.ok) show(phone, await answer.text(), answer.headers.get("X-Phone-Mark"));
}

// One that rings and did not lie here is put on the page, which must not be taken from under somebody's fingers.
function more() {
  const notice = document.querySelector("[data-more]");
  if (notice) notice.hidden = false;
}

function tell(away) {
  if (stale) stale.hidden = !away;
}

if (board) setInterval(look, 1000);
