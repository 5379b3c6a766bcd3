// What the driver uses of Twilio's library, without Twilio.
const said = (window.said = []);
class Speaker {
  on(name, handle) {
    (this.handles ??= {})[name] = handle;
  }
  tell(name) {
    this.handles?.[name]?.();
  }
}
class Call extends Speaker {
  mute(on) {
    said.push(["mute", on]);
  }
  sendDigits(digits) {
    said.push(["digits", digits]);
  }
  disconnect() {
    said.push(["disconnect"]);
    this.tell("disconnect");
  }
}
class Device extends Speaker {
  audio = { isOutputSelectionSupported: false, setInputDevice: async () => {}, unsetInputDevice: async () => {} };
  constructor(token, options) {
    super();
    said.push(["device", options.publishEvents, options.codecPreferences]);
  }
  async connect({ params }) {
    said.push(["connect", params]);
    const call = new Call();
    setTimeout(() => call.tell("accept"), 30);
    return call;
  }
  updateToken() {}
  destroy() {}
}
window.Twilio = { Device };
