// What is being written is kept on the server, for this member only.
import { post, whisper } from "./server.js";

const WAIT = 1_000;
let timer = 0;
let dirty = null;

export async function keepNow() {
  clearTimeout(timer);
  if (!dirty) return;
  const { form, data, url } = dirty;
  dirty = null;
  try {
    const response = await post(url, data);
    const state = form.querySelector("#draft-state");
    if (response.ok && state) state.innerHTML = await response.text();
  } catch {
    dirty ??= { form, data, url };
  }
}

export function changed(form, text, noting) {
  dirty = { form, url: form.dataset.draftUrl, data: { text, ...(noting ? { note: 1 } : {}) } };
  clearTimeout(timer);
  timer = setTimeout(keepNow, WAIT);
}

// It was sent: the server has taken the draft away itself.
export function forget(form) {
  clearTimeout(timer);
  dirty = null;
  const state = form.querySelector("#draft-state");
  if (state) state.textContent = "";
}

document.addEventListener("desk:back", keepNow);
addEventListener("pagehide", () => dirty && whisper(dirty.url, dirty.data));
