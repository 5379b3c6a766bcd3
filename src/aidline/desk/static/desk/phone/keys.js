// The keyboard of the phone, on every page. Single letters never fire in a field and can be turned off in the profile.
const inField = (target) => target.closest?.("input, textarea, select, [contenteditable]");

function first(box) {
  const wanted = ["[data-talk]", "[data-mute]", "button:not([hidden], :disabled)"];
  return wanted.map((one) => box.querySelector(one)).find(Boolean);
}

export function keys(phone) {
  const actions = {
    p: () => (first(document.getElementById("callbar")) ?? document.getElementById("phone-chip"))?.focus(),
    x: () => document.querySelector("#callbar[data-ringing] button:not([data-talk])")?.click(),
    m: () => document.querySelector("#callbar [data-mute]:not(:disabled)")?.click(),
  };
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (!("shortcuts" in phone.dataset) || inField(event.target) || document.querySelector("dialog[open]")) return;
    if (!actions[event.key]) return;
    actions[event.key]();
    event.preventDefault();
  });
}
