// What the page sees of the officer leaving it: told to the proctor as it is, and sent later when there is no connection.

import { post } from "./exam_queue.js";

export class Watch {
  constructor(base, token) {
    this.base = base;
    this.token = token;
    this.waiting = [];
    this.away = false;
    this.departing = false;
    window.addEventListener("beforeunload", () => (this.departing = true));
    document.addEventListener("visibilitychange", () => this.#look());
    window.addEventListener("blur", () => this.#look());
    window.addEventListener("focus", () => this.#look());
  }

  #look() {
    const away = document.visibilityState !== "visible" || !document.hasFocus();
    if (this.departing || away === this.away) return;
    this.away = away;
    this.tell("signals", { kind: away ? "left-page" : "returned" });
  }

  // Full screen, where the exam asks for it: leaving it is told, and the page offers it again.
  fullScreen(notice) {
    const shown = () => (notice.hidden = document.fullscreenElement !== null);
    notice.querySelector("[data-full-screen-enter]").addEventListener("click", () => document.documentElement.requestFullscreen());
    document.addEventListener("fullscreenchange", () => {
      if (!this.departing) this.tell("signals", { kind: document.fullscreenElement ? "fullscreen-entered" : "fullscreen-left" });
      shown();
    });
    shown();
  }

  viewed(position) {
    this.tell("views", { position, at: performance.now() });
  }

  tell(place, fields) {
    this.waiting.push([place, fields]);
    this.send();
  }

  async send() {
    if (this.sending) return;
    this.sending = true;
    try {
      while (this.waiting.length) {
        const [place, { at, ...fields }] = this.waiting[0];
        const ago = at === undefined ? {} : { ago: Math.round(performance.now() - at) };
        const answer = await post(`${this.base}/${place}`, new URLSearchParams({ ...fields, ...ago }), this.token());
        if (answer.status === 401 || answer.status === 403 || answer.status >= 500) break;
        this.waiting.shift();
      }
    } catch {
      // no connection: the next sign of life tries again
    } finally {
      this.sending = false;
    }
  }
}
