// The proctor's console: asks every two seconds what is new, changes only the officers who changed, and keeps time by the server's clock.

const EVERY_MS = 2000;
const HIDDEN_MS = 10_000;
const SOON_S = 300;
const LAST_S = 60;
const MOST_SAID = 3;

const form = document.querySelector("[data-console]");
const chip = document.querySelector("[data-live]");
const zone = form?.dataset.zone;
let mark = "";
let began = performance.now();
let serverNow = Date.parse(form?.dataset.now ?? 0);
let lost = false;
let timer = 0;

if (form) {
  document.addEventListener("visibilitychange", soon);
  form.addEventListener("change", count);
  const all = form.querySelector("[data-choose-all]");
  if (all) {
    all.hidden = false;
    all.addEventListener("click", chooseAll);
  }
  count();
  tick();
  window.setInterval(tick, 1000);
  poll();
}

// --- Asking ---

function soon() {
  window.clearTimeout(timer);
  timer = window.setTimeout(poll, document.visibilityState === "visible" ? 0 : HIDDEN_MS);
}

async function poll() {
  window.clearTimeout(timer);
  let answer = null;
  try {
    const headers = { Accept: "application/json", ...(mark ? { "If-None-Match": mark } : {}) };
    answer = await fetch(form.dataset.room + window.location.search, { headers, cache: "no-store" });
    if (answer.status === 200) take((await answer.json()).html, answer);
  } catch {
    answer = null;
  }
  tell(answer);
  const refused = answer !== null && answer.status >= 400 && answer.status < 500 && answer.status !== 429;
  if (!refused) timer = window.setTimeout(poll, document.visibilityState === "visible" ? EVERY_MS : HIDDEN_MS);
}

function tell(answer) {
  const fine = answer !== null && (answer.status === 200 || answer.status === 304);
  if (fine) {
    keepTime(answer);
    show("live", `Live, ${clockNow()}`, lost ? "Live again." : "");
  } else if (answer !== null && (answer.status === 401 || answer.status === 403)) {
    show("lost", "You are signed out, or this sitting is not yours any more. Reload the page.", lost ? "" : "The console is no longer live.");
  } else {
    show("lost", `No connection. What you see is of ${clockNow(lastSeen)}`, lost ? "" : "The console lost its connection.");
  }
  lost = !fine;
}

function show(state, text, said) {
  chip.dataset.state = state;
  chip.querySelector("[data-live-text]").textContent = text;
  if (said) say(said);
}

function say(text) {
  chip.querySelector("[data-live-said]").textContent = text;
}

// --- Time: only differences of the server's times and of this page's own running time ---

let lastSeen = serverNow;

function keepTime(answer) {
  const told = Date.parse(answer.headers.get("X-Server-Time") ?? "");
  if (!Number.isNaN(told)) {
    serverNow = told;
    began = performance.now();
  }
  lastSeen = nowMs();
}

function nowMs() {
  return serverNow + (performance.now() - began);
}

function clockNow(at = nowMs()) {
  const format = { hour: "numeric", minute: "2-digit", second: "2-digit", timeZone: zone, timeZoneName: "short" };
  return new Intl.DateTimeFormat("en-US", format).format(new Date(at));
}

function tick() {
  for (const one of form.querySelectorAll("[data-deadline]")) {
    const until = one.dataset.paused ? Date.parse(one.dataset.paused) : nowMs();
    const left = Math.max(0, Math.floor((Date.parse(one.dataset.deadline) - until) / 1000));
    one.querySelector("[data-left]").textContent = length(left);
    one.dataset.level = left <= LAST_S ? "last" : left <= SOON_S ? "soon" : "";
  }
  for (const one of form.querySelectorAll("[data-saved]")) {
    const age = Math.max(0, Math.floor((nowMs() - Date.parse(one.dataset.saved)) / 1000));
    one.querySelector("[data-age]").textContent = age < 60 ? `${age} s` : `${Math.floor(age / 60)} min`;
  }
}

function length(seconds) {
  const two = (number) => String(number).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${two(seconds % 60)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
}

// --- Showing what is new, without taking away what is chosen or where the focus is ---

function take(text, answer) {
  const fresh = new DOMParser().parseFromString(text, "text/html");
  const before = alarms();
  swap("console-urgent", fresh);
  swap("console-filters", fresh);
  seats(fresh);
  mark = answer.headers.get("ETag") ?? "";
  const added = [...alarms()].filter((one) => !before.has(one));
  if (added.length) say(added.length > MOST_SAID ? `${added.length} new alarms.` : added.join(". "));
  tick();
  count();
}

function alarms() {
  const found = [...form.querySelectorAll("[data-alarm]")].map((one) => one.dataset.alarm);
  return new Set([...found, ...[...form.querySelectorAll("#console-urgent a")].map((one) => one.textContent)]);
}

function swap(id, fresh) {
  const [here, there] = [document.getElementById(id), fresh.getElementById(id)];
  if (here && there && here.innerHTML !== there.innerHTML) keepFocus(() => here.replaceChildren(...adopted(there)));
}

function adopted(parent) {
  return [...parent.childNodes].map((node) => document.importNode(node, true));
}

function seats(fresh) {
  const list = document.getElementById("console-seats");
  const wanted = [...fresh.querySelectorAll("#console-seats > li")];
  const known = new Map([...list.children].map((seat) => [seat.id, seat]));
  keepFocus(() => {
    wanted.forEach((seat, place) => {
      const here = known.get(seat.id) ?? document.importNode(seat, true);
      known.delete(seat.id);
      if (here.dataset.version !== seat.dataset.version) renew(here, seat);
      if (list.children[place] !== here) list.insertBefore(here, list.children[place] ?? null);
    });
    known.forEach((gone) => gone.remove());
  });
}

function renew(here, seat) {
  here.className = seat.className;
  here.dataset.version = seat.dataset.version;
  here.querySelector(".seat__facts").replaceChildren(...adopted(seat.querySelector(".seat__facts")));
}

// What is moved or replaced loses the focus: it goes back to the same control, by its id or its address.
function keepFocus(change) {
  const held = document.activeElement;
  const inside = form.contains(held);
  change();
  if (!inside || document.activeElement === held) return;
  const again = held.id ? document.getElementById(held.id) : [...form.querySelectorAll("a")].find((link) => link.href === held.href);
  (again ?? form.querySelector("input, button"))?.focus();
}

// --- Choosing ---

function boxes() {
  return [...form.querySelectorAll("input[name=officers]")];
}

function chooseAll() {
  const some = boxes().some((box) => !box.checked);
  for (const box of boxes()) box.checked = some;
  count();
}

function count() {
  const chosen = boxes().filter((box) => box.checked).length;
  const place = form.querySelector("[data-chosen]");
  if (place) place.textContent = chosen ? `${chosen} chosen` : "";
  const all = form.querySelector("[data-choose-all]");
  if (all) all.lastChild.textContent = chosen && chosen === boxes().length ? "Choose none" : "Choose all";
}
