// Opening a conversation without a new page; list and conversation take turns on a phone.
import { beat, leave } from "./beat.js";
import { keepNow } from "./drafts.js";
import { tidy } from "./lines.js";
import { current, talk, wantAll } from "./refresh.js";
import { part } from "./server.js";
import { parse } from "./swap.js";

const desk = document.getElementById("desk");
let opened = 0;
const IS_TALK = /\/desk\/[0-9a-f-]{36}\/$/;

function markRow() {
  document.querySelectorAll("#rows a.q").forEach((row) => {
    if (row.closest("li").id === `q-${current()}`) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  });
}

export async function open(url, { push = true } = {}) {
  const mine = ++opened;
  await keepNow();
  const before = current();
  let html;
  try {
    html = await part(url, { fresh: true });
  } catch {
    location.assign(url);
    return;
  }
  if (mine !== opened) return; // another one was opened meanwhile
  for (const fresh of [...parse(html).children]) {
    document.getElementById(fresh.id)?.replaceWith(fresh);
    window.htmx?.process(fresh);
  }
  if (before && before !== current()) leave(before);
  desk.classList.add("talking");
  desk.classList.remove("with-person");
  if (push) history.pushState({}, "", url);
  markRow();
  wantAll();
}

export function back() {
  opened += 1;
  keepNow();
  leave(current());
  desk.classList.remove("talking", "with-person");
  const row = document.querySelector("#rows a.q[aria-current]");
  row?.removeAttribute("aria-current");
  if (talk()) delete talk().dataset.conversation;
  row?.focus();
}

export function person() {
  desk.classList.toggle("with-person");
  if (desk.classList.contains("with-person")) document.querySelector("#person-pane .scroll")?.focus();
}

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const row = event.target.closest("a.q, #person a[href*='/desk/']:not([data-sheet], [href*='contact'])");
  if (row && IS_TALK.test(new URL(row.href).pathname)) {
    event.preventDefault();
    open(row.href);
  } else if (event.target.closest("[data-person-toggle]")) {
    event.preventDefault();
    person();
  } else if (event.target.closest(".talk-head > .narrow-only")) {
    event.preventDefault();
    history.pushState({}, "", desk.dataset.home);
    back();
  }
});
addEventListener("popstate", () => {
  if (IS_TALK.test(location.pathname)) open(location.href, { push: false });
  else back();
});
document.addEventListener("desk:open", (event) => {
  event.preventDefault(); // whoever asked need not load the page
  open(event.detail.url);
});
document.addEventListener("htmx:afterSwap", tidy);
beat();
