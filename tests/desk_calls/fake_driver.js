// A driver that talks to nobody: it keeps what it was asked, and the test says what happens.
const said = (window.said = []);
export async function open(kit, on) {
  window.driver = { kit, on };
  on("ready");
  return {
    async connect(parameters) {
      said.push(["connect", parameters]);
      setTimeout(() => on("connected"), 30);
      return {
        mute: (muted) => said.push(["mute", muted]),
        keys: (keys) => said.push(["keys", keys]),
        hangUp: () => (said.push(["hangUp"]), on("ended")),
      };
    },
    renew: (fresh) => said.push(["renew", fresh.token]),
    close: () => said.push(["close"]),
  };
}
