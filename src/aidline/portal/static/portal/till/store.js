// What this device keeps: facts by name, the uses it took without a network, and what it may spend.
// No code and no name: serials, amounts and times only.
const name = `aidline-till-${document.documentElement.dataset.centre}`;
let opened = null;

const settled = (request) =>
  new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });

function make(event) {
  const base = event.target.result;
  base.createObjectStore("facts");
  base.createObjectStore("queue", { keyPath: "counter" });
  base.createObjectStore("holds", { keyPath: "serial" });
}

function base() {
  if (!opened) {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = make;
    opened = settled(request);
  }
  return opened;
}

async function reading(store) {
  return (await base()).transaction(store).objectStore(store);
}

export const fact = async (key) => settled((await reading("facts")).get(key));
export const queued = async () => settled((await reading("queue")).getAll());
export const holds = async () => settled((await reading("holds")).getAll());

// All of it or none of it: `act` gets the stores by name and must not wait for anything else.
export async function change(act) {
  const transaction = (await base()).transaction(["facts", "queue", "holds"], "readwrite", { durability: "strict" });
  const done = new Promise((good, bad) => {
    transaction.oncomplete = good;
    transaction.onabort = transaction.onerror = () => bad(transaction.error);
  });
  act({
    facts: transaction.objectStore("facts"),
    queue: transaction.objectStore("queue"),
    holds: transaction.objectStore("holds"),
  });
  await done;
}

// One tab at a time: what is read under the lock is still so when it is written.
export const alone = (act) => navigator.locks.request(name, act);
