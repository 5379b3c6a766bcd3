// What the three cards show: what the server answered, or, without a network, the page's own parts.
import { told } from "./words.js";

const place = (name) => document.querySelector(`#till [data-name="${name}"]`);
const part = (id) => document.getElementById(id).content.cloneNode(true);

export const about = document.getElementById("about").dataset;

// The answer is a whole page: its cards and its total replace ours. False where it is another page.
export function swap(text) {
  const fresh = new DOMParser().parseFromString(text, "text/html");
  const till = fresh.getElementById("till");
  if (!till) return false;
  document.getElementById("till").replaceWith(till);
  document.getElementById("today").replaceWith(fresh.getElementById("today"));
  settle(till.dataset.step);
  return true;
}

export function show(step, id, fill = () => {}) {
  for (const name of ["scan", "amount", "result"]) {
    const section = place(name);
    const content = part(name === step ? id : `idle-${name}`);
    if (name === step) fill(content);
    section.querySelector(".step").replaceChildren(content);
    section.toggleAttribute("aria-current", false);
  }
  place(step).setAttribute("aria-current", "step");
  document.getElementById("till").dataset.step = step;
  settle(step);
}

export function refuse(code) {
  const place = document.getElementById("refusal");
  if (!place) return show("scan", "part-scan", () => {}), refuse(code);
  place.querySelector("b, span").textContent = told(code);
  place.hidden = false;
}

// Where a keyboard scanner or a finger goes next.
function settle(step) {
  document.dispatchEvent(new CustomEvent("till:step", { detail: step }));
  const next = { scan: "code", amount: "amount", result: "next" }[step];
  const field = document.getElementById(next);
  const ready = document.querySelector("[aria-invalid='true']") ?? field;
  ready?.focus({ preventScroll: step === "scan" });
}
