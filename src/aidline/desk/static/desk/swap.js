// Putting parts of the page in place of the old ones without taking away what somebody is busy with.
const held = new Map();

export function parse(html) {
  const box = document.createElement("template");
  box.innerHTML = html;
  return box.content;
}

// An open menu or a field that is being filled in is not swapped away; the part waits until it is left.
function busy(element) {
  const field = document.activeElement;
  const writing = element.contains(field) && field.matches("input, textarea, select");
  return writing || element.querySelector("details.pop[open], #more[open]") !== null;
}

function keepOpen(from, to) {
  from.querySelectorAll("details[data-sec]").forEach((old) => {
    const twin = to.querySelector(`details[data-sec="${old.dataset.sec}"]`);
    if (twin) twin.open = old.open;
  });
}

function place(id, fresh) {
  const old = document.getElementById(id);
  if (!old || old.outerHTML === fresh.outerHTML) return;
  if (busy(old) || (old.matches("details") && old.open)) {
    held.set(id, fresh);
    return;
  }
  held.delete(id);
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  const address = focused?.getAttribute("href");
  keepOpen(old, fresh);
  old.replaceWith(fresh);
  window.htmx?.process(fresh);
  if (address) fresh.querySelector(`a[href="${CSS.escape(address)}"]`)?.focus({ preventScroll: true });
}

// Every element with an id at the top of the answer takes the place of its namesake.
export function swap(html) {
  if (html === null) return;
  for (const fresh of [...parse(html).children]) if (fresh.id) place(fresh.id, fresh);
}

export function settle() {
  for (const [id, fresh] of [...held]) place(id, fresh);
}

setInterval(settle, 2_000);
