// How the pages of the desk and the phone's own window talk to each other, within one browser.
// What is sent is heard on this page too: the phone's window has a strip like every other page.
const centre = document.querySelector("[data-centre]")?.dataset.centre ?? "";
const channel = "BroadcastChannel" in window ? new BroadcastChannel(`aidline-phone-${centre}`) : null;
const listeners = new Set();
const ANSWER_WITHIN = 600;

export const name = `aidline-phone-${centre}`;

const hear = (message) => listeners.forEach((listener) => listener(message));

channel?.addEventListener("message", ({ data }) => hear(data));

export function send(message) {
  channel?.postMessage(message);
  queueMicrotask(() => hear(message));
}

export const on = (type, handle) => listeners.add((message) => message.type === type && handle(message));

// What the phone window says of itself now, or null if there is none.
export function ask() {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ANSWER_WITHIN, null);
    function done(answer) {
      clearTimeout(timer);
      listeners.delete(told);
      resolve(answer);
    }
    const told = (message) => message.type === "state" && message.state !== "off" && done(message);
    listeners.add(told);
    send({ type: "who" });
  });
}
