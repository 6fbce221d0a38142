// The server's pulse, and what it brings: messages of the proctor, time given, a pause that ended. Each stays until it is acknowledged.

import { post } from "./exam_queue.js";

const BEAT_MS = 5000;
const JITTER_MS = 1000;
const TIMEOUT_MS = 2000;

export class Pulse extends EventTarget {
  constructor(base, token) {
    super();
    this.base = base;
    this.messages = new Messages(document.querySelector("[data-messages]"), base, token);
    this.extended = null;
    this.next = 0;
  }

  start() {
    this.beat();
    window.addEventListener("online", () => this.beat());
  }

  async beat() {
    window.clearTimeout(this.next);
    const asked = performance.now();
    let answer = null;
    try {
      const accept = { Accept: "application/json" };
      answer = await fetch(`${this.base}/pulse`, { cache: "no-store", headers: accept, signal: AbortSignal.timeout(TIMEOUT_MS) });
    } catch {
      answer = null;
    }
    await this.#heard(answer, asked);
    window.clearTimeout(this.next);
    this.next = window.setTimeout(() => this.beat(), BEAT_MS + (Math.random() - 0.5) * 2 * JITTER_MS);
  }

  async #heard(response, asked) {
    if (response === null || response.status >= 500) return this.#tell("silence");
    if (response.status === 401 || response.status === 403) return this.#tell("signed-out");
    if (!response.ok) return undefined;
    const answer = await response.json().catch(() => null);
    if (answer === null) return this.#tell("silence");
    this.messages.show(answer.messages);
    this.#given(answer);
    return this.#tell("beat", { answer, asked });
  }

  // Time that was given, by a pause or by the proctor, is told once.
  #given({ extended_ms: extended, closed }) {
    const more = Math.round((extended - (this.extended ?? extended)) / 1000);
    if (!closed) this.extended = extended;
    if (more <= 0 || closed) return;
    const minutes = Math.floor(more / 60);
    const length = [minutes && `${minutes} min`, more % 60 && `${more % 60} s`].filter(Boolean).join(" ");
    this.messages.note(`Your exam ends ${length} later than before.`);
  }

  #tell(kind, detail = {}) {
    this.dispatchEvent(Object.assign(new Event(kind), { detail }));
  }
}

class Messages {
  constructor(place, base, token) {
    Object.assign(this, { place, base, token, read: new Set() });
  }

  show(messages) {
    for (const one of messages) {
      if (this.read.has(one.id) || this.place.querySelector(`[data-message="${one.id}"]`)) continue;
      this.#add(`From the proctor: ${one.text}`, () => this.#acknowledge(one.id)).dataset.message = one.id;
    }
  }

  note(text) {
    if (!this.#noted(text)) this.#add(text, () => {});
  }

  forget(text) {
    this.#noted(text)?.remove();
  }

  #noted(text) {
    return [...this.place.children].find((one) => one.firstElementChild.textContent === text);
  }

  #add(text, done) {
    const banner = document.createElement("div");
    banner.className = "exam-message";
    const words = Object.assign(document.createElement("p"), { textContent: text });
    const button = Object.assign(document.createElement("button"), { type: "button", className: "usa-button", textContent: "I have read this" });
    button.addEventListener("click", () => {
      banner.remove();
      done();
    });
    banner.append(words, button);
    this.place.append(banner);
    return banner;
  }

  // Not heard of by the server, it is shown again at the next beat.
  async #acknowledge(id) {
    this.read.add(id);
    const answer = await post(`${this.base}/messages/${id}/acknowledgment`, new URLSearchParams(), this.token()).catch(() => null);
    if (!answer?.ok) this.read.delete(id);
  }
}
