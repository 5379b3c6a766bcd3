// How long a call has lasted, by the second. The clock of a server is not that of a device: the first look sets it.
import { span } from "./words.js";

function tick() {
  document.querySelectorAll("[data-lasts]").forEach((place) => {
    const words = span(Date.now() - Number(place.dataset.lasts));
    if (place.textContent !== words) place.textContent = words;
  });
}

tick();
setInterval(tick, 1_000);
new MutationObserver(tick).observe(document.body, { childList: true, subtree: true }); // what has just come in
