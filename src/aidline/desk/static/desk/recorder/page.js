// Recording a prompt in the browser: begin, end, listen, keep or again. The form stays an ordinary upload.
import { can, listen } from "./microphone.js";
import { digits } from "../words.js";

const LONGEST = 300;
const TROUBLE = { NotAllowedError: "refused", SecurityError: "refused", NotFoundError: "missing" };

const form = document.querySelector("[data-recorder]");
if (form && can) prepare();

function prepare() {
  const part = (name) => form.querySelector(`[data-part="${name}"]`);
  const file = form.querySelector("input[type=file]");
  let end = null;
  let clock = 0;
  let loudest = 0;

  part("microphone").hidden = false;
  part("upload").open = Boolean(form.querySelector(".error"));
  part("begin").addEventListener("click", begin);
  part("again").addEventListener("click", begin);
  part("end").addEventListener("click", () => stop("done"));
  file.addEventListener("change", () => show({ idle: true }));

  async function begin() {
    if (end) return;
    try {
      loudest = 0;
      end = await listen(form.dataset.worklet, level);
    } catch (trouble) {
      return say(TROUBLE[trouble.name] ?? "busy");
    }
    const started = Date.now();
    clock = setInterval(() => tick(Math.floor((Date.now() - started) / 1000)), 250);
    tick(0);
    show({ running: true });
    say("running");
    part("end").focus();
  }

  function tick(seconds) {
    part("time").textContent = digits(`${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`);
    if (seconds >= LONGEST) stop("long");
  }

  function level(loud) {
    loudest = Math.max(loudest, loud);
    part("loud").querySelector("meter").value = loud;
  }

  async function stop(words) {
    if (!end) return;
    const ended = end;
    end = null;
    clearInterval(clock);
    const sound = await ended();
    if (loudest < 0.003) {
      show({ idle: true });
      return say("silent");
    }
    keep(sound);
    show({ heard: true });
    say(words);
    part("player").focus();
  }

  function keep(sound) {
    const files = new DataTransfer();
    files.items.add(new File([sound], "recording.wav", { type: "audio/wav" }));
    file.files = files.files;
    const player = part("player");
    if (player.src) URL.revokeObjectURL(player.src);
    player.src = URL.createObjectURL(sound);
  }

  function show({ running = false, heard = false }) {
    part("begin").hidden = running || heard;
    for (const name of ["end", "time", "loud"]) part(name).hidden = !running;
    part("heard").hidden = !heard;
    part("upload").hidden = running || heard;
    part("says").hidden = true;
  }

  function say(name) {
    const says = part("says");
    says.querySelector(".grow").textContent = part("words").content.querySelector(`[data-say="${name}"]`).textContent;
    says.hidden = false;
  }
}
