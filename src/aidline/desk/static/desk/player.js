// Voice notes and voicemail: played at a speed of one's own, along the shape of what was said.
import { digits, words } from "./words.js";

const SPEEDS = [1, 1.5, 2];
const OF = 1000; // steps of the slider
let speed = 1;

const player = (element) => element.closest("[data-player]");
const sound = (box) => box.querySelector("audio");
const long = (audio) => (Number.isFinite(audio.duration) && audio.duration) || Number(audio.dataset.seconds) || 0;

function clock(seconds) {
  const whole = Math.max(Math.round(seconds), 0);
  return digits(`${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`);
}

function show(box) {
  const audio = sound(box);
  const share = long(audio) ? audio.currentTime / long(audio) : 0;
  const bars = box.querySelectorAll(".wave rect");
  bars.forEach((bar, at) => bar.classList.toggle("done", at < share * bars.length));
  box.toggleAttribute("data-begun", share > 0);
  const seek = box.querySelector(".seek");
  if (document.activeElement !== seek || !audio.paused) seek.value = Math.round(share * OF);
  seek.setAttribute("aria-valuetext", clock(audio.currentTime));
  box.querySelector("[data-length]").textContent = clock(share > 0 ? audio.currentTime : long(audio));
  const button = box.querySelector("[data-play]");
  button.toggleAttribute("data-on", !audio.paused);
  button.setAttribute("aria-label", audio.paused ? words.play : words.pause);
}

function play(box) {
  const audio = sound(box);
  if (!audio.paused) return audio.pause();
  document.querySelectorAll("[data-player] audio").forEach((other) => other === audio || other.pause());
  audio.playbackRate = speed;
  return audio.play().catch(() => show(box));
}

function faster(button) {
  speed = SPEEDS[(SPEEDS.indexOf(speed) + 1) % SPEEDS.length];
  document.querySelectorAll("[data-speed]").forEach((one) => {
    one.textContent = digits(`${speed}×`);
    one.setAttribute("aria-label", `${words.speed}: ${digits(speed)}`);
  });
  sound(player(button)).playbackRate = speed;
}

document.addEventListener("click", (event) => {
  const start = event.target.closest("[data-play]");
  const rate = event.target.closest("[data-speed]");
  if (start && player(start)) play(player(start));
  if (rate) faster(rate);
});
document.addEventListener("input", (event) => {
  if (!event.target.matches(".seek")) return;
  const box = player(event.target);
  sound(box).currentTime = (event.target.value / OF) * long(sound(box));
  show(box);
});
// These events do not bubble; they are caught on their way down.
for (const name of ["timeupdate", "play", "pause", "ended", "loadedmetadata"])
  document.addEventListener(name, ({ target }) => target.matches?.("[data-player] audio") && show(player(target)), true);
