// The microphone as plain samples. At 16 kHz where the browser can, so that little has to be sent.
import { wav } from "./wav.js";

export const can = Boolean(navigator.mediaDevices?.getUserMedia && window.AudioWorkletNode);

export async function listen(worklet, loud) {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, echoCancellation: false } });
  try {
    return await taking(stream, worklet, loud);
  } catch (trouble) {
    silence(stream);
    throw trouble;
  }
}

async function taking(stream, worklet, loud) {
  const { context, source } = connected(stream);
  await context.audioWorklet.addModule(worklet);
  const listener = new AudioWorkletNode(context, "listener", { numberOfOutputs: 0 });
  const pieces = [];
  listener.port.onmessage = ({ data }) => {
    pieces.push(data);
    loud(Math.max(...data.map(Math.abs)));
  };
  source.connect(listener);
  await context.resume();
  return async () => {
    silence(stream);
    await context.close();
    return wav(pieces, context.sampleRate);
  };
}

// Some browsers do not change the rate of a microphone: then at its own.
function connected(stream) {
  try {
    const context = new AudioContext({ sampleRate: 16000 });
    return { context, source: context.createMediaStreamSource(stream) };
  } catch {
    const context = new AudioContext();
    return { context, source: context.createMediaStreamSource(stream) };
  }
}

const silence = (stream) => stream.getTracks().forEach((track) => track.stop());
