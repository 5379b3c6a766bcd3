// Big keys for the amount. The field stays a field: a keyboard writes into it too.
const DIGITS = /^\d{0,7}([.,]\d{0,2})?$/;

document.addEventListener("click", (event) => {
  const key = event.target.closest("[data-digit]");
  if (!key) return;
  const field = document.getElementById("amount");
  const digit = key.dataset.digit;
  const next = digit === "back" ? field.value.slice(0, -1) : field.value + digit;
  if (!DIGITS.test(next)) return;
  field.value = next;
  field.dispatchEvent(new Event("input", { bubbles: true }));
});

document.addEventListener("click", (event) => {
  const all = event.target.closest("[data-all]");
  if (!all) return;
  const field = document.getElementById("amount");
  field.value = all.dataset.all;
  field.dispatchEvent(new Event("input", { bubbles: true }));
});
