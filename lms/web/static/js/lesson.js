// A lesson being read: counts active time, sends signs of life, and shows what is said to an answer in place.
// The server alone decides what is credited; what is counted here can only lower it.

const BEAT = 30; // seconds of active time between two signs of life
const IDLE = 120_000; // milliseconds without key, pointer or scroll after which nobody is reading
const chip = document.querySelector("[data-lesson]"); // none once the lesson is complete, or outside the class
let spent = Number(chip?.dataset.spent);
let pending = 0;
let lastActive = performance.now();
let lastTick = performance.now();
let sending = false;

function post(address, fields, keepalive = false) {
  const token = document.querySelector('input[name="csrf_token"]').value;
  return fetch(address, {
    method: "POST",
    headers: { Accept: "application/json", "X-CSRF-Token": token },
    body: new URLSearchParams(fields),
    keepalive,
  });
}

function takePending() {
  const whole = Math.round(pending);
  pending = 0;
  return whole;
}

async function beat(keepalive = false) {
  if (sending) return;
  sending = true;
  const claimed = takePending();
  try {
    await took(await post(chip.dataset.beats, { elapsed: claimed }, keepalive));
  } catch {
    pending += claimed; // the next sign of life tries again; the server caps what a late one can earn
    trouble("Not connected. Your time is not counted at the moment.");
  } finally {
    sending = false;
  }
}

async function took(answer) {
  const said = await answer.json();
  if (!answer.ok) {
    trouble(answer.status === 401 ? "You are signed out. Reload the page to sign in again." : said.detail);
    return null;
  }
  const required = Number(chip.dataset.required);
  const enough = spent < required && said.spent >= required;
  spent = said.spent;
  delete chip.dataset.trouble;
  show();
  if (enough) await refreshFinish();
  return said;
}

function trouble(text) {
  chip.dataset.trouble = "";
  chip.querySelector("[data-time]").textContent = text;
}

function show() {
  if ("trouble" in chip.dataset) return;
  const seconds = spent + Math.min(Math.round(pending), BEAT);
  chip.querySelector("[data-time]").textContent = `Active ${spoken(seconds)} of ${spoken(Number(chip.dataset.required))}`;
}

function spoken(seconds) {
  const minutes = Math.floor(seconds / 60);
  const rest = seconds % 60;
  if (!minutes) return `${rest} s`;
  return rest && minutes < 60 ? `${minutes} min ${rest} s` : `${minutes} min`;
}

function tick() {
  const now = performance.now();
  const passed = Math.min((now - lastTick) / 1000, 2); // a machine that slept was not reading
  lastTick = now;
  if (document.visibilityState !== "visible" || now - lastActive > IDLE) return;
  pending += passed;
  if (pending >= BEAT) beat();
  show();
}

// The end of the page says which gates are met: the server's own words, fetched anew.
async function refreshFinish() {
  const answer = await fetch(location.pathname);
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("finish");
  if (fresh) document.getElementById("finish").replaceWith(document.importNode(fresh, true));
}

async function check(form) {
  const choice = new FormData(form).get("choice");
  if (!choice) {
    tell(form, "", "", "Choose one of the answers first.");
    return;
  }
  const claimed = takePending();
  try {
    const said = await took(await post(form.action, { choice, elapsed: claimed }));
    if (!said) return;
    if (said.correct) tell(form, "is-correct", "Right", said.feedback);
    else tell(form, "is-wrong", "Not right", said.feedback);
    if (said.correct) {
      form.querySelector("[data-state]").hidden = false;
      await refreshFinish();
    }
  } catch {
    pending += claimed;
    tell(form, "", "Not sent", "You are not connected. Try again in a moment.");
  }
}

function tell(form, look, word, html) {
  const said = document.createElement("p");
  said.className = `feedback ${look}`;
  said.innerHTML = html; // sanitized when the lesson was published
  if (word) {
    const strong = document.createElement("strong");
    strong.textContent = word;
    said.prepend(strong, " ");
  }
  form.querySelector("[data-feedback]").replaceChildren(said);
}

function submitted(event) {
  const form = event.target;
  if (form.matches("[data-check]")) {
    event.preventDefault();
    check(form);
  } else if (form.matches("[data-timed]")) {
    const elapsed = document.createElement("input");
    Object.assign(elapsed, { type: "hidden", name: "elapsed", value: String(takePending()) });
    form.append(elapsed);
  }
}

function count() {
  const active = () => { lastActive = performance.now(); };
  for (const kind of ["keydown", "pointerdown", "pointermove", "wheel", "touchstart", "scroll"]) {
    document.addEventListener(kind, active, { passive: true, capture: true });
  }
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") active();
    else if (pending >= 1) beat(true);
  });
  document.addEventListener("submit", submitted);
  setInterval(tick, 1000);
  beat(); // the first sign of life earns nothing: the clock starts here
}

const outline = document.getElementById("outline");
const here = outline?.querySelector("[aria-current]");
if (here) outline.scrollTop = here.offsetTop - outline.clientHeight / 3;
if (chip) count();
