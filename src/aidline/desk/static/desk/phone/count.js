// How long a call has lasted, by the second. The clock of a server is not that of a device: the first look sets it.
import { span } from "./words.js";

function tick() {
  document.querySelectorAll("[data-count]").forEach((place) => {
    place.textContent = span(Date.now() - Number(place.dataset.count));
  });
}

tick();
setInterval(tick, 1_000);
