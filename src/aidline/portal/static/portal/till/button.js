// The button says what it will take.
import { cents, fill, money } from "./words.js";

function name() {
  const form = document.querySelector('form[data-act="take"]');
  const button = document.getElementById("take");
  if (!form || !button) return;
  const amount = cents(form.querySelector("[name=amount]").value);
  if (amount) fill(button, money(amount, form.dataset.currency));
}

document.addEventListener("input", name);
document.addEventListener("till:step", name);
