// A till is not put away while something waits in it.
import { queued } from "./store.js";
import { fill } from "./words.js";

document.documentElement.classList.add("js");
document.addEventListener("click", (event) => event.target.closest("[data-print]") && print());

const waiting = (await queued().catch(() => [])).length;
const notice = document.getElementById("unsent");
notice.hidden = !waiting;
fill(notice.querySelector("[data-words]"), waiting);
