// A soft tone while a call is offered, if somebody wants one. It is kept in this browser and off at first.
const KEPT = "aidline-phone-ring";
const EVERY = 3_000;
let context = null;
let timer = 0;

export const wanted = () => localStorage.getItem(KEPT) === "1";
export const want = (yes) => localStorage.setItem(KEPT, yes ? "1" : "0");

function note(frequency, after) {
  const gain = context.createGain();
  const tone = context.createOscillator();
  const at = context.currentTime + after;
  tone.frequency.value = frequency;
  gain.gain.setValueAtTime(0.0001, at);
  gain.gain.exponentialRampToValueAtTime(0.12, at + 0.05);
  gain.gain.exponentialRampToValueAtTime(0.0001, at + 0.6);
  tone.connect(gain).connect(context.destination);
  tone.start(at);
  tone.stop(at + 0.65);
}

export function once() {
  context ??= new AudioContext();
  context.resume();
  note(523, 0);
  note(659, 0.35);
}

export function ring(on) {
  clearInterval(timer);
  timer = 0;
  if (!on || !wanted()) return;
  once();
  timer = setInterval(once, EVERY);
}
