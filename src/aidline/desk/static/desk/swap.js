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

// A block is known by its name; one without a name by its heading and the block it lies in.
function nameOf(block) {
  const around = block.parentElement?.closest("details[data-sec]")?.dataset.sec ?? "";
  return block.dataset.sec ?? `${around}/${block.querySelector("summary")?.textContent.trim()}`;
}

function keepOpen(from, to) {
  const fresh = new Map([...to.querySelectorAll("details:not(.pop)")].map((block) => [nameOf(block), block]));
  from.querySelectorAll("details:not(.pop)").forEach((old) => {
    const twin = fresh.get(nameOf(old));
    if (twin) twin.open = old.open;
  });
}

// Words that were typed and not yet kept are nobody's to throw away.
function keepTyped(from, to) {
  from.querySelectorAll("input[id]:not([type=hidden]), textarea[id]").forEach((old) => {
    const twin = old.value === old.defaultValue ? null : to.querySelector(`#${CSS.escape(old.id)}`);
    if (twin && twin.type === old.type) twin.value = old.value;
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
  keepTyped(old, fresh);
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

// What was kept stands no longer in its field.
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt;
  if (event.detail.successful && form.matches("#person-pane form")) form.reset();
});

setInterval(settle, 2_000);
