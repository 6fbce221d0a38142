// The time left: only differences of server times and of this page's own running time, so a wrong clock here is harmless. What is shown is
// never more than what is left: the server's word counts from the moment it was asked.

const SPOKEN_MINUTES = [30, 10, 5, 1];
const ALWAYS_SHOWN_SECONDS = 300;

export class Timer {
  constructor(element, ended) {
    this.element = element;
    this.ended = ended;
    this.spoken = new Set();
    this.paused = false;
    this.over = false;
    this.sync(new Date(element.dataset.due) - new Date(element.dataset.now), 0);
    this.#toggle();
    element.dataset.live = "";
    window.setInterval(() => this.#tick(), 1000);
  }

  // `left`: milliseconds left when the server was asked, at `asked` of this page's own running time.
  sync(left, asked, paused = false) {
    Object.assign(this, { left, asked, paused });
    if (left > 0) this.over = false;
    this.#tick();
  }

  get milliseconds() {
    return Math.max(0, this.left - (this.paused ? 0 : performance.now() - this.asked));
  }

  #toggle() {
    const toggle = this.element.querySelector("[data-timer-toggle]");
    toggle.hidden = false;
    toggle.addEventListener("click", () => this.#show("hidden" in this.element.dataset));
  }

  #show(shown) {
    if (shown) delete this.element.dataset.hidden;
    else this.element.dataset.hidden = "";
    this.element.querySelector("[data-timer-toggle]").textContent = shown ? "Hide time" : "Show time";
  }

  #tick() {
    const left = Math.floor(this.milliseconds / 1000);
    this.element.querySelector("[data-timer-left]").textContent = spoken(left);
    this.element.dataset.level = left <= 60 ? "last" : left <= ALWAYS_SHOWN_SECONDS ? "soon" : "";
    if (left <= ALWAYS_SHOWN_SECONDS && "hidden" in this.element.dataset) this.#show(true);
    for (const minutes of SPOKEN_MINUTES) this.#announce(left, minutes);
    if (this.milliseconds > 0 || this.over || this.paused) return;
    this.over = true;
    queueMicrotask(this.ended); // a page that opens when the time is over is made ready first
  }

  #announce(left, minutes) {
    if (left > minutes * 60) this.spoken.delete(minutes); // time was given: it comes again
    if (left > minutes * 60 || left <= minutes * 60 - 5 || this.spoken.has(minutes)) return;
    this.spoken.add(minutes);
    document.querySelector("[data-timer-said]").textContent = minutes === 1 ? "One minute left." : `${minutes} minutes left.`;
  }
}

function spoken(seconds) {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
