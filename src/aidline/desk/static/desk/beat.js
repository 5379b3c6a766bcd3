// The sign of life of an open desk: keeps one signed on, and shows colleagues who looks and who writes.
import { current, want } from "./refresh.js";
import { post, whisper } from "./server.js";

const EVERY = 25_000;
const TYPING = 5_000;
const url = document.getElementById("desk").dataset.beat;
let typedAt = 0;

export function beat(extra = {}) {
  const open = document.hidden ? "" : current(); // a desk behind other windows is there, but looks at nobody
  return post(url, { ...(open ? { conversation: open } : {}), ...extra }, { signal: AbortSignal.timeout(10_000) }).catch(
    () => undefined,
  );
}

export function leave(conversation) {
  if (conversation) whisper(url, { conversation, away: 1 });
}

export function typing() {
  if (Date.now() - typedAt < TYPING) return;
  typedAt = Date.now();
  beat({ typing: 1 });
}

setInterval(() => document.hidden || beat(), EVERY);
setInterval(() => document.hidden && beat(), 2 * EVERY);
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  beat();
  want("queue", "lines", "head");
});
document.addEventListener("desk:try", () => beat());
addEventListener("pagehide", () => leave(current()));
