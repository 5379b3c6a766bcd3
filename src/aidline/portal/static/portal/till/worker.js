// The till opens without a network. The server writes HOME and FILES above this line.
// Kept: the first page as it was seen last, and our own files. Never an answer about a voucher.
const SHELL = "till-page";
const KEPT = "till-files";
const PATIENCE = 6000;

addEventListener("install", (event) => event.waitUntil(fill().then(() => skipWaiting())));
addEventListener("activate", (event) => event.waitUntil(tidy().then(() => clients.claim())));
addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (FILES.includes(pathname)) event.respondWith(file(request));
});

async function fill() {
  const kept = await caches.open(KEPT);
  await kept.addAll(FILES.map((name) => new Request(name, { cache: "reload" })));
  await keepShell(await fetch(HOME).catch(() => null));
}

async function tidy() {
  const kept = await caches.open(KEPT);
  for (const request of await kept.keys()) {
    if (!FILES.includes(new URL(request.url).pathname)) await kept.delete(request);
  }
}

// Only the page that waits for a voucher: no page with one on it, and none that asks to sign in.
async function keepShell(answer) {
  if (!answer?.ok || answer.redirected) return;
  const text = await answer.clone().text();
  if (text.includes('id="till" data-step="scan"')) await (await caches.open(SHELL)).put(HOME, answer.clone());
}

async function page(request) {
  const shell = await (await caches.open(SHELL)).match(HOME);
  const late = new Promise((_, fail) => shell && setTimeout(fail, PATIENCE));
  try {
    const answer = await Promise.race([fetch(request), late]);
    if (answer.status > 501 && shell) return shell;
    if (new URL(request.url).pathname === HOME) await keepShell(answer);
    return answer;
  } catch {
    return shell ?? Response.error();
  }
}

async function file(request) {
  const kept = await (await caches.open(KEPT)).match(request);
  return kept ?? fetch(request);
}
