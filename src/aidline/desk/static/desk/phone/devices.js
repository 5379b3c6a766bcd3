// The microphone: asked for, and told in one word why it is not to be had. Which one, is kept in this browser.
const KEPT = "aidline-phone-devices";
const WHY = {
  NotAllowedError: "refused",
  SecurityError: "refused",
  NotFoundError: "nomic",
  OverconstrainedError: "nomic",
  NotReadableError: "busy",
  AbortError: "busy",
};

export class NoMicrophone extends Error {
  constructor(why) {
    super(why);
    this.why = why;
  }
}

export function chosen() {
  try {
    return JSON.parse(localStorage.getItem(KEPT)) ?? {};
  } catch {
    return {};
  }
}

export function choose(more) {
  localStorage.setItem(KEPT, JSON.stringify({ ...chosen(), ...more }));
}

export async function microphone(id = chosen().microphone) {
  if (!navigator.mediaDevices?.getUserMedia || !("RTCPeerConnection" in window)) throw new NoMicrophone("unsupported");
  const sound = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: { ...sound, ...(id ? { deviceId: { ideal: id } } : {}) } });
  } catch (error) {
    throw new NoMicrophone(WHY[error.name] ?? "trouble");
  }
}

export const silence = (stream) => stream?.getTracks().forEach((track) => track.stop());

export async function devices(kind) {
  const all = await navigator.mediaDevices.enumerateDevices();
  return all.filter((one) => one.kind === kind && one.deviceId);
}

export async function isAllowed() {
  const state = await navigator.permissions?.query({ name: "microphone" }).catch(() => null);
  return state?.state === "granted";
}

// Called when somebody changes it in the browser's settings.
export async function onAllowed(again) {
  const state = await navigator.permissions?.query({ name: "microphone" }).catch(() => null);
  state?.addEventListener("change", () => state.state === "granted" && again());
}
