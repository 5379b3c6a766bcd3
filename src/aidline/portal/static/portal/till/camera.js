// The camera reads a code by itself where the browser can; the picture stays in this page.
const FORMATS = ["qr_code", "code_128"];
const EVERY = 200;
let stream = null;

async function detector() {
  if (!window.BarcodeDetector || !navigator.mediaDevices?.getUserMedia) return null;
  const known = await BarcodeDetector.getSupportedFormats();
  const formats = FORMATS.filter((one) => known.includes(one));
  return formats.length ? new BarcodeDetector({ formats }) : null;
}

async function offer() {
  const button = document.getElementById("camera");
  if (!button || !(await detector())) return;
  button.hidden = false;
  document.getElementById("by-photo").hidden = true;
}

async function watch() {
  const eye = await detector();
  stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  const video = Object.assign(document.createElement("video"), { muted: true, playsInline: true, srcObject: stream });
  document.getElementById("viewfinder").replaceChildren(video);
  await video.play();
  while (stream) {
    const [found] = await eye.detect(video).catch(() => []);
    if (found) return take(found.rawValue);
    await new Promise((resume) => setTimeout(resume, EVERY));
  }
}

function take(text) {
  stop();
  const field = document.getElementById("code");
  if (!field) return;
  field.value = text;
  field.form.requestSubmit();
}

function stop() {
  stream?.getTracks().forEach((track) => track.stop());
  stream = null;
}

// Where the browser cannot read codes, a photo goes to the server, as soon as it was taken.
document.addEventListener("change", ({ target }) => {
  if (target.id === "photo" && target.files.length) target.form.requestSubmit();
});
document.addEventListener("click", (event) => event.target.closest("#camera") && watch().catch(stop));
document.addEventListener("till:step", () => (stop(), offer()));
addEventListener("pagehide", stop);
offer();
