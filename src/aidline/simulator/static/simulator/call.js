// A phone at the ear: what is pressed goes out without leaving the page, what is said is heard, one after another.
// Nothing sounds before somebody has pressed Call or Answer on this page.

import { record } from "./recorder.js";

const PART = { "X-Phone-Part": "1" };
const PIECES = ["head", "state", "heard", "skip"];

class Ear {
  constructor(phone) {
    this.phone = phone;
    this.face = phone.querySelector("[data-call-face]");
    this.mark = phone.dataset.mark;
    this.sound = new Audio();
    this.next = [];
    this.last = this.newest();
    this.loud = false; // until Call or Answer was pressed
    this.muted = false;
    this.recorder = null;
    this.sound.addEventListener("ended", () => this.goOn());
    this.sound.addEventListener("error", () => this.goOn());
    phone.addEventListener("submit", (event) => this.submit(event));
    phone.addEventListener("click", (event) => this.click(event));
    phone.addEventListener("keydown", (event) => this.key(event));
    phone.addEventListener("phone:changed", (event) => this.changed(event.detail));
    this.dress();
  }

  call() {
    return this.face.querySelector(".call");
  }

  newest() {
    return Number(this.face?.querySelector(".call")?.dataset.newest || 0);
  }

  // --- what is done --------------------------------------------------------------------------------------

  submit(event) {
    const form = event.target;
    if (!form.matches("[data-call-act]")) return;
    event.preventDefault();
    const act = form.action;
    if (form.matches("[data-call-dial]") || act.endsWith("/answer/")) this.begin();
    if (form.matches("[data-call-hangup]") && this.recorder) return this.recorder.stop(true);
    if (!form.matches("[data-call-speak]")) this.silence();
    this.send(act, new FormData(form, event.submitter));
  }

  begin() {
    this.loud = true;
    this.last = 0;
    this.silence();
  }

  async send(url, data) {
    const answer = await fetch(url, { method: "POST", body: data, headers: PART });
    if (answer.ok) this.show(await answer.text(), answer.headers.get("X-Phone-Mark"));
  }

  key(event) {
    const pad = this.face.querySelector("[data-call-keys]");
    const writes = event.target.closest("input:not([type=hidden]), textarea, select");
    if (!pad || writes || event.ctrlKey || event.metaKey || event.altKey) return;
    const key = [...pad.querySelectorAll("button")].find((button) => button.value === event.key);
    if (key) key.click();
  }

  // --- what is shown -------------------------------------------------------------------------------------

  async changed(mark) {
    if (Number(mark) <= Number(this.mark)) return;
    const answer = await fetch(this.face.dataset.callFace);
    if (answer.ok) this.show(await answer.text(), answer.headers.get("X-Phone-Mark"));
  }

  // The keypad stays where it is while it is one, so that a finger or the focus on it does too.
  show(html, mark) {
    if (Number(mark) < Number(this.mark)) return; // it was overtaken
    this.mark = mark;
    const fresh = document.createElement("template");
    fresh.innerHTML = html;
    const [now, then] = [this.call(), fresh.content.querySelector(".call")];
    const same = now && then && ["[data-call-keys]", "[data-call-speak]"].some((one) => now.querySelector(one) && then.querySelector(one));
    if (same) {
      for (const name of PIECES) this.put(now, then, name);
      Object.assign(now.dataset, then.dataset);
    } else {
      const focused = this.phone.contains(document.activeElement);
      this.recorder?.drop();
      this.face.replaceChildren(fresh.content);
      if (focused) this.face.querySelector("[data-call-keys] button, .call button.primary, .call button")?.focus();
    }
    if (!this.call()) this.silence();
    this.dress();
    this.listen();
  }

  put(now, then, name) {
    const [old, fresh] = [now, then].map((one) => one.querySelector(`[data-call-piece="${name}"]`));
    if (old && fresh && old.innerHTML !== fresh.innerHTML) old.replaceChildren(...fresh.childNodes);
  }

  dress() {
    const clock = this.face.querySelector("[data-clock]");
    if (clock) clock.dataset.from ??= Date.now() - 1000 * Number(clock.dataset.clock);
    const switched = this.face.querySelector("[data-call-sound]");
    if (switched) {
      switched.hidden = !this.loud;
      switched.setAttribute("aria-pressed", String(!this.muted));
    }
    this.prepare(this.face.querySelector("[data-call-record]"));
    const heard = this.face.querySelector(".heard");
    if (heard) heard.scrollTop = heard.scrollHeight; // once all else has its height
  }

  tick() {
    const clock = this.face.querySelector("[data-ticks]");
    if (!clock) return;
    const seconds = Math.max(0, Math.round((Date.now() - Number(clock.dataset.from)) / 1000));
    clock.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  }

  // --- what is heard -------------------------------------------------------------------------------------

  listen() {
    const fresh = [...this.face.querySelectorAll("[data-hear]")].filter((one) => Number(one.dataset.hear) > this.last);
    this.last = Math.max(this.last, this.newest());
    if (!this.loud || this.muted || !fresh.length) return;
    this.next = fresh.map((one) => one.href);
    this.goOn();
  }

  goOn() {
    const url = this.next.shift();
    if (!url || this.muted) return;
    this.sound.src = url;
    this.sound.play().catch(() => undefined);
  }

  silence() {
    this.next = [];
    this.sound.pause();
  }

  click(event) {
    const line = event.target.closest("[data-hear]");
    if (line) {
      event.preventDefault();
      this.next = [line.href];
      this.muted = false;
      this.goOn();
      this.dress();
    } else if (event.target.closest("[data-call-sound]")) {
      this.muted = !this.muted;
      if (this.muted) this.silence();
      this.dress();
    }
  }

  // --- what is spoken ------------------------------------------------------------------------------------

  prepare(button) {
    if (!button || button.dataset.prepared || !record.possible) return;
    button.dataset.prepared = "1";
    button.hidden = false;
    const words = button.querySelector("span");
    button.addEventListener("click", async () => {
      if (this.recorder) return this.recorder.stop(false);
      this.silence();
      const form = button.form;
      this.recorder = await record((sound, hungUp) => this.spoken(form, sound, hungUp));
      button.setAttribute("aria-pressed", String(Boolean(this.recorder)));
      words.textContent = this.recorder ? button.dataset.stop : button.dataset.refused;
    });
  }

  spoken(form, sound, hungUp) {
    this.recorder = null;
    if (!sound) return;
    const data = new FormData(form);
    data.set("file", sound, "voice.wav");
    if (hungUp) data.set("hang-up", "1");
    this.send(form.action, data);
  }
}

const ears = [...document.querySelectorAll("[data-phone]")]
  .filter((phone) => phone.querySelector("[data-call-face]"))
  .map((phone) => new Ear(phone));

setInterval(() => ears.forEach((ear) => ear.tick()), 1000);
