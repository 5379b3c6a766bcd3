// A reply is translated in a dialog before it goes: what was written, what the person reads, what that says.
import { empty } from "./composer.js";
import { keepNow } from "./drafts.js";
import { goDown } from "./lines.js";
import { current, want } from "./refresh.js";
import { post } from "./server.js";
import { fillSheet } from "./sheet.js";
import { obey, problem, showSent } from "./toast.js";
import { words } from "./words.js";

const sheet = document.getElementById("sheet");
const composer = () => document.getElementById("composer");

function gather(form, button) {
  const data = new FormData(form);
  if (button?.name) data.append(button.name, button.value);
  return data;
}

// One answer at a time; whatever goes wrong is said beside the field, and nothing that was typed is lost.
async function ask(form, button, answered) {
  if (button.disabled) return;
  button.disabled = true;
  button.setAttribute("aria-busy", "true");
  const from = current();
  try {
    const response = await post(button.hasAttribute("formaction") ? button.formAction : form.action, gather(form, button));
    if (from !== current()) sheet.close(); // about another conversation than the one that is open by now
    else if (response.ok) await answered(response);
    else problem(response.status === 422 ? await response.text() : words.problem, button);
  } catch {
    problem(words.problem, button);
  }
  button.disabled = false;
  button.removeAttribute("aria-busy");
}

async function show(response) {
  fillSheet(await response.text());
  const read = sheet.querySelector("#r-text");
  (read.value ? read : sheet.querySelector("#r-written")).focus();
}

async function sent(response) {
  sheet.close();
  if (composer()) empty(composer());
  showSent(await response.text());
  goDown();
  want("queue", "head");
}

function asked(response) {
  sheet.close();
  if (composer()) empty(composer());
  obey(response);
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-translate-reply]");
  if (!button) return;
  event.preventDefault();
  await keepNow();
  ask(composer(), button, show);
});
sheet.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-translated]")) return;
  event.preventDefault();
  const button = event.submitter;
  if (button.hasAttribute("data-again")) ask(event.target, button, show);
  else ask(event.target, button, button.hasAttribute("data-ask") ? asked : sent);
});
