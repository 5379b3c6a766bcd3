/* Aidline web chat, embedded. One element with a shadow root; nothing of the host page is read but its language. */
(() => {
  "use strict";
  const settings = __SETTINGS__;
  const script = document.currentScript;
  const language = pickLanguage([script && script.dataset.lang, document.documentElement.lang, ...navigator.languages]);
  const words = settings.words[language];
  const style = `
    :host { all: initial; position: fixed; inset-block-end: 16px; inset-inline-end: 16px; z-index: 2147483000;
      font: 500 16px/1.25 system-ui, sans-serif }
    button { font: inherit; cursor: pointer; display: inline-flex; align-items: center; gap: 8px; min-height: 48px;
      padding: 8px 20px; border: 2px solid #fff; border-radius: 999px; background: #0e5358; color: #fff }
    button:hover { background: #093e42 }
    button:focus-visible { outline: 3px solid #b27109; outline-offset: 2px }
    svg { width: 22px; height: 22px; fill: none; stroke: currentColor; stroke-width: 1.75; stroke-linejoin: round }
    [hidden] { display: none !important }
    section { position: fixed; inset-block-end: 16px; inset-inline-end: 16px; width: min(400px, calc(100vw - 32px));
      height: min(640px, calc(100vh - 32px)); display: flex; flex-direction: column; overflow: hidden;
      background: #fffefb; border: 1px solid #837b6e; border-radius: 12px; box-shadow: 0 4px 16px rgb(27 38 40 / .3) }
    section button { align-self: flex-end; min-height: 44px; min-width: 44px; padding: 0; justify-content: center;
      border: 0; border-radius: 8px; background: none; color: #1b2628 }
    section button:hover { background: #ece7de }
    iframe { flex: 1; width: 100%; border: 0 }
    @media (max-width: 480px) { section { inset: 0; width: auto; height: auto; border: 0; border-radius: 0 } }
    @media print { :host { display: none } }`;

  function pickLanguage(wishes) {
    const codes = wishes.map((wish) => (wish || "").toLowerCase().split("-")[0]);
    return codes.find((code) => code in settings.words) || settings.fallback;
  }

  function make(tag, attributes = {}) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  }

  function icon(path) {
    const space = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(space, "svg");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    const line = document.createElementNS(space, "path");
    line.setAttribute("d", path);
    svg.append(line);
    return svg;
  }

  const host = make("div", { dir: words.dir, lang: language });
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet(); // not a <style>: the host page may forbid those
  sheet.replaceSync(style);
  root.adoptedStyleSheets = [sheet];

  const opener = make("button", { type: "button", "aria-expanded": "false" });
  opener.append(icon("M4 5h16v11H9l-5 4z"), words.open);
  const panel = make("section", { role: "dialog", "aria-label": words.title, hidden: "" });
  const closer = make("button", { type: "button", "aria-label": words.close });
  closer.append(icon("M6 6l12 12M18 6 6 18"));
  panel.append(closer);
  root.append(opener, panel);
  let frame = null;

  function open() {
    if (!frame) {
      frame = make("iframe", { src: `${settings.page}&lang=${language}`, title: words.title, referrerpolicy: "origin" });
      panel.append(frame);
    }
    panel.hidden = false;
    opener.hidden = true;
    opener.setAttribute("aria-expanded", "true");
    closer.focus();
  }

  function close() {
    panel.hidden = true;
    opener.hidden = false;
    opener.setAttribute("aria-expanded", "false");
    opener.focus();
  }

  opener.addEventListener("click", open);
  closer.addEventListener("click", close);
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });
  addEventListener("message", (event) => {
    if (!frame || event.source !== frame.contentWindow || event.origin !== new URL(settings.page).origin) return;
    if (event.data === "aidline:close") close();
    if (event.data === "aidline:exit") location.replace(settings.exit);
  });

  if (document.body) document.body.append(host);
  else addEventListener("DOMContentLoaded", () => document.body.append(host));
})();
