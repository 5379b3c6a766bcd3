// The driver for Twilio, over its own library, which is fetched at set-up (tools/fetch_voice_sdk.py).
// Agents only call out, with the ticket of an offer: nothing rings through Twilio, so the device does not register.
const LIBRARY = { codecPreferences: ["opus", "pcmu"], logLevel: "silent", publishEvents: false };

// Codes of the library that mean something to the person at the desk; all others mean that it broke off.
const TROUBLE = { 31401: "refused", 31402: "nomic", 31208: "refused", 31201: "busy" };

// The library would fetch its sounds from a server of Twilio's; ours are quiet.
class Quiet {
  isPlaying() {
    return false;
  }
  setSinkIds() {}
  play() {
    return Promise.resolve();
  }
  stop() {}
}

function load(address) {
  if (window.Twilio?.Device) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = resolve;
    script.onerror = () => reject(new Error(address));
    document.head.append(script);
  });
}

// A device that was unplugged is no reason to refuse a call: the system's own is taken.
async function useDevices(audio, { microphone, speaker }) {
  if (speaker && audio.isOutputSelectionSupported) await audio.speakerDevices.set(speaker).catch(() => undefined);
  if (microphone) await audio.setInputDevice(microphone).catch(() => undefined);
}

function talkOf(call) {
  return {
    mute: (on) => call.mute(on),
    keys: (digits) => call.sendDigits(digits),
    hangUp: () => call.disconnect(),
  };
}

export async function open(kit, on) {
  await load(kit.sdk);
  const device = new window.Twilio.Device(kit.token, { ...LIBRARY, Sound: Quiet });
  device.on("error", ({ code }) => on("trouble", TROUBLE[code]));

  function follow(call) {
    call.on("accept", () => on("connected"));
    call.on("reconnecting", () => on("reconnecting"));
    call.on("reconnected", () => on("connected"));
    call.on("error", ({ code }) => on("trouble", TROUBLE[code]));
    for (const end of ["disconnect", "cancel", "reject"]) call.on(end, () => ended());
  }

  async function ended() {
    await device.audio.unsetInputDevice().catch(() => undefined); // the microphone's light goes out
    on("ended");
  }

  on("ready");
  return {
    async connect(parameters) {
      await useDevices(device.audio, kit);
      const call = await device.connect({ params: parameters });
      follow(call);
      return talkOf(call);
    },
    renew: (fresh) => device.updateToken(fresh.token),
    close: () => device.destroy(),
  };
}
