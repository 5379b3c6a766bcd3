// The field: reply and note are tabs of one field; files, emoji, keys, and handing over to the outbox.
import { typing } from "./beat.js";
import { changed, forget, keepNow } from "./drafts.js";
import { goDown } from "./lines.js";
import { close, look, pressed } from "./menu.js";
import { send } from "./outbox.js";
import { want } from "./refresh.js";
import { problem, showSent } from "./toast.js";
import { words } from "./words.js";

const SLOW = 3_000;

const composer = () => document.getElementById("composer");
const field = () => document.getElementById("text");
const noting = (form) => form.classList.contains("noting");

function freshKey(form) {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  form.elements.client_key.value = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function grow() {
  field().rows = Math.min(10, Math.max(2, field().value.split("\n").length));
}

// --- reply or note ---

export async function mode(wanted) {
  const form = composer();
  if (!form || noting(form) === (wanted === "note")) return field()?.focus();
  await keepNow();
  const note = wanted === "note";
  form.classList.toggle("noting", note);
  form.action = note ? form.dataset.noteUrl : form.dataset.replyUrl;
  [field().value, field().dataset.other] = [field().dataset.other, field().value];
  field().placeholder = note ? field().dataset.noteWords : field().dataset.replyWords;
  form.querySelector("label[for=text]").textContent = field().placeholder;
  form.querySelector("[data-send] [data-words]").textContent = form.querySelector(
    `[data-words-${wanted}]`,
  ).content.textContent;
  form.querySelectorAll("[data-mode]").forEach((tab) => {
    if (tab.dataset.mode === wanted) tab.setAttribute("aria-current", "true");
    else tab.removeAttribute("aria-current");
  });
  form.querySelectorAll("[data-for]").forEach((part) => (part.hidden = part.dataset.for !== wanted));
  form.querySelector(".writing").hidden = !note && form.dataset.reply !== "open";
  form.querySelector("#draft-state").textContent = "";
  close();
  grow();
  field().focus();
}

// --- files ---

const size = (bytes) =>
  bytes >= 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${Math.max(1, Math.round(bytes / 1e3))} kB`;

function fileChip(file) {
  const item = document.getElementById("file-chip").content.firstElementChild.cloneNode(true);
  const [picture, name, length] = item.children;
  name.textContent = file.name;
  length.textContent = size(file.size);
  if (!file.type.startsWith("image/")) picture.remove();
  else {
    const reader = new FileReader();
    reader.onload = () => (picture.src = reader.result);
    reader.readAsDataURL(file);
  }
  return item;
}

function showFiles(input) {
  const list = document.getElementById("files");
  list.replaceChildren(...[...input.files].map(fileChip));
  list.hidden = input.files.length === 0;
}

// --- sending ---

function pendingLine(text) {
  const line = document.getElementById("pending-line").content.firstElementChild.cloneNode(true);
  line.dataset.at = Date.now();
  line.querySelector("[dir]").textContent = text;
  return line;
}

export function empty(form) {
  form.querySelector("[data-written]")?.remove();
  field().value = "";
  form.elements.files.value = "";
  showFiles(form.elements.files);
  freshKey(form);
  forget(form);
  grow();
}

function ready(form) {
  const button = form.querySelector("[data-send]");
  button.disabled = false;
  button.removeAttribute("aria-busy");
}

// The text stays in the field until there is an answer, or until it is plain that the link is slow.
function handOver(form) {
  const text = field().value;
  const entry = { form, text, body: new FormData(form), line: null };
  const here = () => form.isConnected && field()?.value === text;
  entry.delayed = () => {
    if (entry.line) return;
    entry.line = pendingLine(text);
    if (form.isConnected) document.getElementById("lines").append(entry.line);
    if (here()) empty(form);
    ready(form);
  };
  const slow = setTimeout(entry.delayed, SLOW);
  send({ url: form.action, body: entry.body, delayed: entry.delayed, answered: (response) => {
    clearTimeout(slow);
    return answered(entry, response, here());
  } });
}

async function answered(entry, response, untouched) {
  const { form } = entry;
  const html = await response.text();
  entry.line?.remove();
  ready(form);
  if (response.ok) {
    if (untouched && !entry.line) empty(form);
    if (form.isConnected) showSent(html);
    goDown();
    want("queue", "head");
    return;
  }
  if (entry.line && form.isConnected && !field().value) field().value = entry.text;
  problem(response.status === 422 ? html : words.problem, form.isConnected ? field() : null);
}

function submit(form) {
  const button = form.querySelector("[data-send]");
  if (button.disabled || (!field().value.trim() && !form.elements.files?.files.length)) return;
  form.querySelector("[data-error]").hidden = true;
  button.disabled = true;
  button.setAttribute("aria-busy", "true");
  close();
  handOver(form);
}

document.addEventListener("submit", (event) => {
  if (event.target.id !== "composer") return;
  event.preventDefault();
  submit(event.target);
});
document.addEventListener("input", (event) => {
  if (event.target !== field()) return;
  const form = composer();
  changed(form, field().value, noting(form));
  typing();
  look(form);
  grow();
});
document.addEventListener("keydown", (event) => {
  if (event.target !== field() || pressed(event)) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    submit(composer());
  }
});
document.addEventListener("change", (event) => event.target.name === "files" && showFiles(event.target));
document.addEventListener("click", (event) => {
  const tab = event.target.closest("#composer [data-mode]");
  if (tab) {
    event.preventDefault();
    mode(tab.dataset.mode);
  }
  const emoji = event.target.closest("[data-emoji]");
  if (emoji) {
    field().setRangeText(emoji.dataset.emoji, field().selectionStart, field().selectionEnd, "end");
    document.getElementById("emoji").open = false;
    field().focus();
    field().dispatchEvent(new Event("input", { bubbles: true }));
  }
});
