// Does the microphone hear, does the speaker play? The answer is in words beside the picture.
import { choose, chosen, devices, microphone, silence } from "./devices.js";
import { fill, words } from "./words.js";

const HEARD = 8; // of a hundred
const PATIENCE = 6_000;
const box = document.getElementById("check");
const find = (selector) => box.querySelector(selector);
const level = document.getElementById("c-level");
let stream = null;
let context = null;
let since = 0;
let heard = false;

document.documentElement.classList.add("js");

function option(device, number, pattern) {
  return new Option(device.label || fill(pattern, { number }), device.deviceId);
}

async function list(id, kind, pattern, kept) {
  const select = document.getElementById(id);
  const found = await devices(kind);
  select.replaceChildren(...found.map((device, at) => option(device, at + 1, pattern)));
  if (found.some((device) => device.deviceId === kept)) select.value = kept;
  return found.length;
}

function say(text, problem = "") {
  find("[data-heard]").textContent = text;
  find("[data-problem]").textContent = problem;
  find("[data-problem]").hidden = !problem;
}

function loudness(analyser, sound) {
  analyser.getFloatTimeDomainData(sound);
  const mean = Math.sqrt(sound.reduce((sum, one) => sum + one * one, 0) / sound.length);
  return Math.min(100, Math.round(Math.sqrt(mean) * 140));
}

function watch() {
  context = new AudioContext();
  const analyser = context.createAnalyser();
  context.createMediaStreamSource(stream).connect(analyser);
  const sound = new Float32Array(analyser.fftSize);
  since = Date.now();
  heard = false;
  const look = () => {
    if (!stream) return;
    level.value = loudness(analyser, sound);
    if (level.value >= HEARD && !heard) {
      heard = true;
      say(words.heard);
    }
    if (!heard && Date.now() - since > PATIENCE) say(words.silent);
    requestAnimationFrame(look);
  };
  look();
}

function stop() {
  silence(stream);
  stream = null;
  context?.close();
  context = null;
  level.value = 0;
  find("[data-quiet]").hidden = true;
  find("[data-listen]").hidden = false;
}

async function start() {
  stop();
  try {
    stream = await microphone();
  } catch (error) {
    return say("", words[error.why] ?? words.problem);
  }
  say(find("[data-heard]").textContent);
  find("[data-quiet]").hidden = false;
  find("[data-listen]").hidden = true;
  watch();
  find("[data-microphones]").hidden = false;
  await list("c-microphone", "audioinput", words.device, chosen().microphone); // names are told only now
  const speakers = await list("c-speaker", "audiooutput", words.speaker, chosen().speaker);
  find("[data-speakers]").hidden = !speakers || !("setSinkId" in AudioContext.prototype);
  return undefined;
}

async function tone() {
  const speaker = new AudioContext();
  const id = document.getElementById("c-speaker").value;
  if (id) await speaker.setSinkId?.(id).catch(() => undefined);
  const gain = speaker.createGain();
  const sound = speaker.createOscillator();
  gain.gain.value = 0.15;
  sound.frequency.value = 440;
  sound.connect(gain).connect(speaker.destination);
  sound.start();
  sound.stop(speaker.currentTime + 1);
  sound.addEventListener("ended", () => speaker.close());
  find("[data-played]").textContent = words.played;
}

find("[data-listen]").addEventListener("click", start);
find("[data-quiet]").addEventListener("click", stop);
find("[data-tone]").addEventListener("click", tone);
document.getElementById("c-microphone").addEventListener("change", (event) => {
  choose({ microphone: event.target.value });
  start();
});
document.getElementById("c-speaker").addEventListener("change", (event) => choose({ speaker: event.target.value }));
addEventListener("pagehide", stop);
