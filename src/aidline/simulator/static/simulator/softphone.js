// The softphone of practice: speaks to the look-alike of the telephone company, and carries no voice.

const WHERE = "/look-alike/softphone/";
const PAUSE = 700; // milliseconds between two looks

export async function open(kit, on) {
  let token = kit.token;
  let current = null;

  async function ask(what, fields = {}) {
    const answer = await fetch(`${WHERE}${what}/`, {
      method: "POST",
      headers: { Authorization: `Bearer ${token}` },
      body: new URLSearchParams(fields),
    });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  }

  async function follow(talk) {
    let [open, lost] = [false, false];
    while (current === talk) {
      try {
        const { state } = await ask("state", { call: talk.call });
        if (state === "over") return over(talk);
        if (state === "open" && (!open || lost)) on("connected");
        [open, lost] = [open || state === "open", false];
      } catch (error) {
        if (error.message === "404") return over(talk);
        if (!lost) on("reconnecting");
        lost = true;
      }
      await new Promise((done) => setTimeout(done, PAUSE));
    }
  }

  function over(talk) {
    if (current !== talk) return;
    current = null;
    on("ended");
  }

  const { microphone } = await ask("open");
  if (!microphone) {
    on("trouble", "refused");
    throw Object.assign(new Error("refused"), { why: "refused" });
  }
  on("ready");

  return {
    async connect(parameters) {
      const { call } = await ask("connect", parameters);
      const talk = { call };
      current = talk;
      follow(talk);
      return {
        mute: () => undefined, // nothing is heard here in any case
        keys: (keys) => ask("keys", { call, keys }),
        async hangUp() {
          await ask("hang-up", { call }).catch(() => undefined);
          over(talk);
        },
      };
    },
    renew: (fresh) => {
      token = fresh.token;
    },
    close: () => {
      if (current) ask("hang-up", { call: current.call }).catch(() => undefined);
      current = null;
      on("offline");
    },
  };
}
