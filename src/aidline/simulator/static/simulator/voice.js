// A voice note, spoken into the browser where it can be recorded and the person at the screen allows it.

const KINDS = ["audio/ogg;codecs=opus", "audio/mp4", "audio/webm;codecs=opus"];

for (const button of document.querySelectorAll("[data-record]")) {
  const kind = window.MediaRecorder && KINDS.find((one) => MediaRecorder.isTypeSupported(one));
  if (kind && navigator.mediaDevices) prepare(button, kind);
}

function prepare(button, kind) {
  const words = button.querySelector("span");
  const first = words.textContent;
  let recorder = null;
  button.hidden = false;
  button.addEventListener("click", async () => {
    if (recorder) return recorder.stop();
    recorder = await record(button, kind, () => {
      recorder = null;
      words.textContent = first;
      button.setAttribute("aria-pressed", "false");
    });
    words.textContent = recorder ? button.dataset.stop : button.dataset.refused;
    button.setAttribute("aria-pressed", String(Boolean(recorder)));
  });
}

async function record(button, kind, ended) {
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  } catch {
    return null;
  }
  const recorder = new MediaRecorder(stream, { mimeType: kind });
  const pieces = [];
  recorder.ondataavailable = (event) => pieces.push(event.data);
  recorder.onstop = () => {
    stream.getTracks().forEach((track) => track.stop());
    ended();
    say(button.form, new Blob(pieces, { type: kind.split(";")[0] }));
  };
  recorder.start();
  return recorder;
}

function say(form, sound) {
  const data = new FormData(form);
  data.set("file", sound, "voice");
  form.dispatchEvent(new CustomEvent("phone:say", { bubbles: true, detail: data }));
}
