// How the pages of the desk and the phone's own window talk to each other, within one browser.
const centre = document.querySelector("[data-centre]")?.dataset.centre ?? "";
const channel = "BroadcastChannel" in window ? new BroadcastChannel(`aidline-phone-${centre}`) : null;
const ANSWER_WITHIN = 600;

export const name = `aidline-phone-${centre}`;

export const send = (message) => channel?.postMessage(message);

export const on = (type, handle) =>
  channel?.addEventListener("message", ({ data }) => data.type === type && handle(data));

// What the phone window says of itself now, or null if there is none.
export function ask() {
  return new Promise((answer) => {
    const timer = setTimeout(() => (channel?.removeEventListener("message", hear), answer(null)), ANSWER_WITHIN);
    function hear({ data }) {
      if (data.type !== "state" || data.state === "off") return;
      clearTimeout(timer);
      channel.removeEventListener("message", hear);
      answer(data);
    }
    channel?.addEventListener("message", hear);
    send({ type: "who" });
  });
}
