// Speech from the microphone as a WAV, as a telephone carries it: 8000 samples a second, one channel, 16 bits.

const RATE = 8000;
const LONGEST = 180_000; // milliseconds

// `done(sound, hungUp)` gets a Blob, or null for what was dropped. Answers null where the microphone is refused.
export async function record(done) {
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  } catch {
    return null;
  }
  const recorder = new MediaRecorder(stream);
  const pieces = [];
  let [kept, hungUp] = [true, false];
  recorder.ondataavailable = (event) => pieces.push(event.data);
  recorder.onstop = async () => {
    stream.getTracks().forEach((track) => track.stop());
    done(kept ? await wav(new Blob(pieces)) : null, hungUp);
  };
  const limit = setTimeout(() => stop(), LONGEST);
  function stop(hangUp = false, keep = true) {
    clearTimeout(limit);
    [kept, hungUp] = [keep, hangUp];
    if (recorder.state !== "inactive") recorder.stop();
  }
  recorder.start();
  return { stop: (hangUp) => stop(hangUp), drop: () => stop(false, false) };
}

record.possible = Boolean(window.MediaRecorder && window.OfflineAudioContext && navigator.mediaDevices);

async function wav(blob) {
  const context = new OfflineAudioContext(1, 1, RATE);
  const sound = await context.decodeAudioData(await blob.arrayBuffer());
  const samples = sound.getChannelData(0);
  const data = new DataView(new ArrayBuffer(44 + 2 * samples.length));
  head(data, samples.length);
  samples.forEach((sample, place) => data.setInt16(44 + 2 * place, 32767 * Math.max(-1, Math.min(1, sample)), true));
  return new Blob([data], { type: "audio/wav" });
}

function head(data, samples) {
  const words = (at, text) => [...text].forEach((sign, place) => data.setUint8(at + place, sign.charCodeAt(0)));
  words(0, "RIFF");
  data.setUint32(4, 36 + 2 * samples, true);
  words(8, "WAVEfmt ");
  data.setUint32(16, 16, true);
  data.setUint16(20, 1, true);
  data.setUint16(22, 1, true);
  data.setUint32(24, RATE, true);
  data.setUint32(28, 2 * RATE, true);
  data.setUint16(32, 2, true);
  data.setUint16(34, 16, true);
  words(36, "data");
  data.setUint32(40, 2 * samples, true);
}
