// Answers on their way to the server. Each change is kept in the browser's storage until the server says that it has it: a lost network, a
// closed tab and a restart lose nothing. Kept are the question's number, what was given, flag, revision and key: never a question.
//
// Changes go in order, one at a time, each with a key that makes a second arrival harmless. Several tabs take turns by a lock of the
// browser; each sends its own changes, and those of tabs that are gone.

const PREFIX = "lms.exam.";
const A_DAY_MS = 24 * 3600 * 1000;
const PATIENCE_MS = 1500; // after which the officer is told that the connection is slow or lost
const TIMEOUT_MS = 8000;
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 4000;

export class AnswerQueue extends EventTarget {
  constructor(base, token) {
    super();
    this.base = base;
    this.token = token; // () => the token that forms of this sign-in carry
    this.folder = `${PREFIX}${base.split("/").pop()}.`;
    this.tab = crypto.randomUUID();
    this.lost = false;
    this.held = ""; // why nothing is sent: "signed-out", "paused", "device" or ""
    this.revisions = new Map();
    this.retryMs = FIRST_RETRY_MS;
    this.draining = false;
    this.retry = 0;
    this.ready = this.#begin();
    window.addEventListener("online", () => this.drain());
    window.addEventListener("offline", () => this.connection(false));
  }

  // --- What is kept ---

  get entries() {
    const found = [];
    for (const [name, entry] of stored(this.folder)) found.push({ name, ...entry });
    return found.sort((one, other) => one.n - other.n);
  }

  get count() {
    return new Set(this.entries.map((one) => one.position)).size;
  }

  newest(position) {
    return this.entries.filter((one) => one.position === position).at(-1) ?? null;
  }

  put(position, response, flagged, revision) {
    const known = this.entries;
    const before = known.filter((one) => one.position === position).at(-1);
    if (before && !before.sent && before.tab === this.tab) this.#write({ ...before, response, flagged });
    else {
      const n = (known.at(-1)?.n ?? 0) + 1;
      const key = crypto.randomUUID();
      const name = `${this.folder}${n}.${key}`;
      this.#write({ name, n, key, position, response, flagged, revision: before ? null : revision, sent: false, tab: this.tab, at: Date.now() });
    }
    this.#tell("change");
  }

  clear() {
    for (const [name] of stored(this.folder)) localStorage.removeItem(name);
  }

  #write({ name, ...entry }) {
    localStorage.setItem(name, JSON.stringify(entry));
  }

  #own(position) {
    return this.entries.filter((one) => one.position === position && one.tab === this.tab);
  }

  // What another tab has not sent yet is that tab's to send.
  #drop(position) {
    for (const one of this.#own(position)) localStorage.removeItem(one.name);
  }

  // --- Whose they are ---

  async #begin() {
    forgetOld();
    if (!navigator.locks) return this.#adopt(new Set());
    await new Promise((held) => navigator.locks.request(`${PREFIX}tab.${this.tab}`, () => (held(), new Promise(() => {}))));
    return this.#adoptThoseOfGoneTabs();
  }

  async #adoptThoseOfGoneTabs() {
    if (!navigator.locks) return;
    const { held } = await navigator.locks.query();
    this.#adopt(new Set(held.map((lock) => lock.name.slice(`${PREFIX}tab.`.length))));
  }

  #adopt(alive) {
    for (const one of this.entries) if (one.tab !== this.tab && !alive.has(one.tab)) this.#write({ ...one, tab: this.tab });
  }

  // --- Sending ---

  async drain() {
    await this.ready;
    window.clearTimeout(this.retry);
    if (this.draining || this.held || !this.entries.length) return;
    this.draining = true;
    try {
      await this.#inTurn(async () => {
        await this.#adoptThoseOfGoneTabs();
        for (let next = this.#first(); next && (await this.#deliver(next)); next = this.#first());
      });
    } finally {
      this.draining = false;
    }
    this.#tell("change");
  }

  #inTurn(work) {
    return navigator.locks ? navigator.locks.request(`${this.folder}sender`, work) : work();
  }

  #first() {
    return this.entries.find((one) => one.tab === this.tab);
  }

  async #deliver(entry) {
    const revision = entry.revision ?? this.revisions.get(entry.position) ?? 0;
    this.#write({ ...entry, revision, sent: true });
    this.#tell("change");
    const impatient = window.setTimeout(() => this.connection(false), PATIENCE_MS);
    let answer = null;
    try {
      const body = new URLSearchParams({ ...fieldsOf(entry), flagged: entry.flagged ? "1" : "", key: entry.key, revision });
      answer = await post(`${this.base}/questions/${entry.position}/answer`, body, this.token());
    } catch {
      answer = null;
    }
    window.clearTimeout(impatient);
    return this.#settle(entry, answer);
  }

  async #settle(entry, answer) {
    if (answer === null || answer.status >= 500 || answer.status === 429) return this.#later();
    this.connection(true);
    const said = await answer.json().catch(() => ({}));
    if (answer.status === 200) return this.#kept(entry, said);
    if (answer.status === 409 && "revision" in said) return this.#overtaken(entry, said);
    if (answer.status === 410) return this.#closed();
    if (answer.status === 423) return this.#hold(said.error);
    if ([401, 403, 404].includes(answer.status)) return this.#hold("signed-out");
    if (answer.status === 409) return this.#later();
    this.#drop(entry.position);
    this.#tell("refused", { position: entry.position, detail: said.detail ?? "" });
    return true;
  }

  #later() {
    this.connection(false);
    this.retry = window.setTimeout(() => this.drain(), this.retryMs);
    this.retryMs = Math.min(this.retryMs * 2, LONGEST_RETRY_MS);
    return false;
  }

  #kept(entry, receipt) {
    localStorage.removeItem(entry.name);
    this.revisions.set(entry.position, receipt.revision);
    this.#tell("kept", { receipt: { ...receipt, response: responseOf(receipt) } });
    return true;
  }

  #overtaken(entry, standing) {
    const given = this.#own(entry.position).at(-1) ?? entry;
    this.#drop(entry.position);
    this.revisions.set(entry.position, standing.revision);
    this.#tell("conflict", { standing: { ...standing, response: responseOf(standing) }, given });
    return true;
  }

  #closed() {
    this.clear();
    this.#tell("closed");
    return false;
  }

  #hold(reason) {
    this.held = reason;
    this.#tell("held");
    return false;
  }

  go() {
    this.held = "";
    return this.drain();
  }

  connection(works) {
    const before = this.lost;
    this.lost = !works;
    if (works) this.retryMs = FIRST_RETRY_MS;
    if (before !== this.lost) this.#tell("change");
  }

  #tell(kind, detail = {}) {
    this.dispatchEvent(Object.assign(new Event(kind), { detail }));
  }
}

export function post(address, body, token) {
  return fetch(address, {
    method: "POST",
    body,
    keepalive: true,
    signal: AbortSignal.timeout(TIMEOUT_MS),
    headers: { "X-CSRF-Token": token, "X-Requested-With": "fetch", Accept: "application/json" },
  });
}

// What a save carries and a receipt brings back: the one place that knows their names.
const fieldsOf = (entry) => ({ response: JSON.stringify(entry.response) });
const responseOf = (receipt) => receipt.response;

function stored(folder) {
  const names = Object.keys(localStorage).filter((name) => name.startsWith(folder));
  return names.map((name) => [name, JSON.parse(localStorage.getItem(name))]).filter(([, entry]) => entry !== null);
}

function forgetOld() {
  for (const [name, entry] of stored(PREFIX)) if (!(Date.now() - entry.at < A_DAY_MS)) localStorage.removeItem(name);
}
