// The exam's page: saves each change within two seconds, keeps it until the server has it, goes from question to question without a
// network, and shows the time and the messages that the server sends.

import { AnswerQueue } from "./exam_queue.js";
import { Pulse } from "./exam_pulse.js";
import { hasResponse, readResponse, showResponse } from "./exam_response.js";
import { SignIn, freshToken } from "./exam_sign_in.js";
import { Timer } from "./exam_timer.js";
import { Watch } from "./exam_watch.js";

const TYPING_MS = 800; // typed text is sent when the officer rests, and never later than
const LONGEST_TYPING_MS = 1800; // this after the first letter
const CHECK_MS = 2000;
const OVER = "Your time is over. What you gave until now is being sent; stay on this page.";

const frame = document.querySelector("[data-exam]");
const chip = document.querySelector("[data-save-chip]");
const { base, zone } = frame.dataset;
const known = new Map(); // position: what stands, as far as this page knows, and the question's form where it is in memory
const queue = new AnswerQueue(base, () => token);
const watch = new Watch(base, () => token);
let token = document.querySelector("input[name=csrf_token]").value;
let last = null; // what was taken down last from the form that is shown
let typing = null;
let leaving = null;
let ending = false;
let said = "";

const form = () => frame.querySelector("#question-form");
const shown = () => Number(form()?.dataset.position ?? 0);

// --- What the officer gives ---

function state(of = form()) {
  return { response: readResponse(of), flagged: of.elements.flagged.checked };
}

// What the server sent, whatever was done to the form before this script was there.
function sent() {
  const clean = form().cloneNode(true);
  clean.reset();
  return state(clean);
}

function changed(event) {
  if (!form() || event.target.closest("#question-form") === null) return;
  const now = state();
  if (JSON.stringify(now) === last) return;
  last = JSON.stringify(now);
  queue.put(shown(), now.response, now.flagged, known.get(shown()).revision);
  Object.assign(known.get(shown()), now);
  mark(shown());
  if (isTyped(event)) sendSoon();
  else sendNow();
}

function isTyped(event) {
  return event.type === "input" && event.target.matches("textarea, input:not([type=radio], [type=checkbox])");
}

function sendSoon() {
  typing ??= { since: performance.now() };
  window.clearTimeout(typing.timer);
  const rest = Math.max(0, typing.since + LONGEST_TYPING_MS - performance.now());
  typing.timer = window.setTimeout(sendNow, Math.min(TYPING_MS, rest));
}

function sendNow() {
  window.clearTimeout(typing?.timer);
  typing = null;
  return queue.drain();
}

// --- What the server says of it ---

queue.addEventListener("change", tell);
queue.addEventListener("kept", ({ detail: { receipt } }) => {
  const one = known.get(receipt.position);
  if (one) one.revision = receipt.revision;
  chip.dataset.at = receipt.at;
  delete chip.dataset.refused;
  tell();
});
queue.addEventListener("conflict", ({ detail: { standing, given } }) => overtaken(standing, given));
queue.addEventListener("refused", ({ detail }) => {
  chip.dataset.refused = detail.detail || "Give your answer again.";
  tell();
});
queue.addEventListener("closed", () => window.location.assign(`${base}/result`));
queue.addEventListener("held", () => {
  if (queue.held === "signed-out") signedOut();
  else if (queue.held === "device") elsewhere();
  else if (queue.held === "paused") pulse.beat();
  tell();
});

function tell() {
  const count = queue.count;
  const waiting = count === 1 ? "1 answer not yet saved" : `${count} answers not yet saved`;
  if (chip.dataset.refused) show("failed", `Not saved. ${chip.dataset.refused}`);
  else if (queue.held === "signed-out") show("failed", count ? `Signed out. ${waiting}` : "Signed out");
  else if (queue.lost) show("waiting", count ? `Connection lost. Keep working. ${waiting}` : "Connection lost. Keep working");
  else if (count) show("saving", queue.draining && count === 1 ? "Saving…" : waiting);
  else if (chip.dataset.at) show("saved", `Saved ${timeOf(chip.dataset.at)}`);
  if (!count && leaving && !queue.draining) leave();
}

function show(look, text) {
  const troubled = look === "waiting" || look === "failed";
  const recovered = look === "saved" && said !== "";
  chip.dataset.state = look;
  chip.querySelector("[data-save-text]").textContent = text;
  if (troubled && said !== look) document.querySelector("[data-save-said]").textContent = text;
  if (recovered) document.querySelector("[data-save-said]").textContent = text;
  if (troubled) said = look;
  else if (recovered) said = "";
}

function timeOf(iso) {
  return new Intl.DateTimeFormat("en-US", { hour: "numeric", minute: "2-digit", second: "2-digit", timeZone: zone }).format(new Date(iso));
}

function overtaken(standing, given) {
  leaving = null;
  if (standing.at) chip.dataset.at = standing.at;
  Object.assign(known.get(standing.position) ?? {}, { response: standing.response, flagged: standing.flagged, revision: standing.revision });
  mark(standing.position);
  if (standing.position !== shown() && !known.get(standing.position)?.html) {
    leaveWith(() => window.location.assign(`${base}/questions/${standing.position}?conflict=yes`)); // which shows what was refused
    return;
  }
  if (standing.position !== shown()) go(standing.position);
  else present(standing);
  conflict(given);
  tell();
}

function conflict(given) {
  const box = document.querySelector("[data-conflict]");
  const text = box.querySelector("#conflict-text");
  const typed = form().elements.text;
  const before = !box.hidden && typed?.matches("textarea") ? text.value : ""; // of a conflict that nobody has looked at yet
  box.querySelector("[data-conflict-text]").hidden = !typed;
  text.value = typed ? [before, given.response ?? ""].filter(Boolean).join("\n\n") : "";
  box.hidden = false;
  box.querySelector("[data-conflict-take]").onclick = () => {
    if (timer.over) return;
    present(typed?.matches("textarea") ? { ...given, response: text.value } : given);
    last = null;
    changed({ type: "change", target: form() });
    box.hidden = true;
  };
  queue.lost || box.scrollIntoView({ block: "nearest" });
}

function present({ response, flagged }) {
  showResponse(form(), response);
  form().elements.flagged.checked = flagged;
  last = JSON.stringify(state());
}

// --- From question to question ---

async function loadPaper() {
  const held = { method: "POST", headers: { "X-CSRF-Token": token, "X-Requested-With": "fetch", Accept: "application/json" } };
  const answer = await fetch(`${base}/paper`, held).catch(() => null);
  if (!answer?.ok) {
    window.setTimeout(loadPaper, CHECK_MS * 5);
    return;
  }
  for (const one of (await answer.json()).questions) {
    const before = known.get(one.position);
    known.set(one.position, before ? { ...before, html: one.html } : unsent(one));
  }
}

// What the storage still holds of a question is newer than what the server knows.
function unsent(one) {
  const waiting = queue.newest(one.position);
  return waiting ? { ...one, response: waiting.response, flagged: waiting.flagged } : one;
}

function go(position) {
  const one = known.get(position);
  if (!one?.html) {
    leaveWith(() => window.location.assign(`${base}/questions/${position}`));
    return;
  }
  put(position);
  window.history.pushState({ position }, "", `${base}/questions/${position}`);
  watch.viewed(position);
}

function put(position) {
  const one = known.get(position);
  const made = document.createElement("template");
  made.innerHTML = one.html; // the site's own page, as it was handed out
  form().replaceWith(made.content.querySelector("form"));
  present(one);
  arrive();
  const heading = document.querySelector(".exam-title");
  heading.textContent = `Question ${position} of ${frame.dataset.questions}`;
  document.title = document.title.replace(/^Question \d+ of \d+/, heading.textContent);
  document.querySelectorAll(".navigator [aria-current]").forEach((place) => place.removeAttribute("aria-current"));
  document.querySelector(`.navigator [data-position="${position}"]`).setAttribute("aria-current", "step");
  document.querySelector("[data-conflict]").hidden = true;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  window.scrollTo(0, 0);
}

function arrive() {
  form().elements.csrf_token.value = token;
  mark(shown());
  able(!timer.over);
  form().addEventListener("submit", submitted);
}

function submitted(event) {
  event.preventDefault();
  const where = event.submitter?.value ?? "review";
  sendNow();
  if (where === "review") leaveWith(() => window.location.assign(`${base}/review`));
  else go(Number(where));
}

function follow(event) {
  const place = event.target.closest(".navigator a[data-position]");
  if (!place || !form() || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  sendNow();
  go(Number(place.dataset.position));
}

// Leaving for a page of the server: only with everything saved, because only the server can say what is handed in.
function leaveWith(going) {
  leaving = going;
  tell();
  if (leaving && queue.lost) messages.note("You go on as soon as the connection is back. Meanwhile you can work on the other questions.");
}

function leave() {
  const going = leaving;
  leaving = null;
  watch.departing = true;
  going();
}

function mark(position) {
  const place = document.querySelector(`.navigator [data-position="${position}"]`);
  const one = known.get(position);
  if (!place || !one) return;
  const answered = hasResponse(one.response);
  place.classList.toggle("is-answered", answered);
  place.classList.toggle("is-seen", !answered);
  place.classList.toggle("is-flagged", one.flagged);
  const words = answered ? "answered" : "not answered";
  place.querySelector("[data-said]").textContent = one.flagged ? `${words}, flagged` : words;
}

// --- The server's pulse ---

const pulse = new Pulse(base, () => token);
const messages = pulse.messages;
const timer = new Timer(document.querySelector(".timer"), timeIsOver);
pulse.addEventListener("beat", ({ detail }) => {
  const { answer, asked } = detail;
  queue.connection(true);
  timer.sync(answer.left_ms, asked, answer.paused);
  if (!timer.over) workOn();
  frame.hidden = answer.paused;
  document.querySelector("[data-paused]").hidden = !answer.paused;
  if (answer.elsewhere) elsewhere();
  else if (queue.held === "device") mayWriteAgain();
  if (queue.held === "signed-out" || (queue.held === "paused" && !answer.paused)) goOn();
  else queue.drain();
  watch.send();
  if (answer.closed) closed();
  else if (ending && timer.over) leaveWith(handIn);
});
pulse.addEventListener("silence", () => queue.connection(false));
pulse.addEventListener("signed-out", signedOut);

async function closed() {
  await queue.drain(); // told that the time is over, it forgets what was not sent
  queue.clear();
  leaveFor(`${base}/result`);
}

function leaveFor(address) {
  watch.departing = true;
  window.location.assign(address);
}

// Time may have been given, or a pause begun, since the last beat: the server is asked before anything is handed in.
function timeIsOver() {
  able(false);
  messages.note(OVER);
  sendNow();
  window.setTimeout(() => {
    ending = true;
    pulse.beat();
  }, CHECK_MS);
}

function workOn() {
  if (form().elements.flagged.disabled) {
    able(true);
    messages.forget(OVER);
    last = JSON.stringify(state());
    if (ending) leaving = null;
  }
  ending = false;
}

function able(works) {
  form().querySelectorAll("input, textarea, select, button").forEach((one) => (one.disabled = !works));
}

function handIn() {
  const made = document.createElement("form");
  made.method = "post";
  made.action = `${base}/submission`;
  const field = Object.assign(document.createElement("input"), { type: "hidden", name: "csrf_token", value: token });
  made.append(field);
  document.body.append(made);
  made.submit();
}

function elsewhere() {
  queue.held = "device";
  chip.dataset.refused = "This exam is being written on another device. Ask the proctor to release it.";
  tell();
}

function mayWriteAgain() {
  delete chip.dataset.refused;
  queue.go();
}

// --- A sign-in that ended ---

const signIn = new SignIn(document.querySelector("[data-again]"), base, goOn);

async function goOn() {
  token = (await freshToken(window.location.href).catch(() => "")) || token;
  form().elements.csrf_token.value = token;
  signIn.close();
  await queue.go();
  watch.send();
}

async function signedOut() {
  queue.held = "signed-out";
  const fresh = await freshToken(window.location.href).catch(() => null);
  if (fresh === null) {
    window.setTimeout(signedOut, CHECK_MS);
  } else if (fresh && fresh !== token) {
    token = fresh; // signed in again in another tab: only the token of this page was old
    queue.go();
  } else if (!fresh) {
    signIn.ask();
  }
  tell();
}

// --- Begin ---

const early = state();
known.set(shown(), unsent({ position: shown(), ...sent(), revision: Number(form().elements.revision.value) }));
if (JSON.stringify(early) === JSON.stringify(sent())) present(known.get(shown()));
else changed({ type: "change", target: form() }); // given while this script was on its way
arrive();
window.history.replaceState({ position: shown() }, "");
for (const kind of ["input", "change"]) frame.addEventListener(kind, changed);
document.addEventListener("click", follow);
window.addEventListener("popstate", ({ state: at }) => (known.get(at?.position)?.html ? (put(at.position), watch.viewed(at.position)) : window.location.reload()));
window.addEventListener("pagehide", () => typing && sendNow());
if (frame.dataset.fullScreen) watch.fullScreen(document.querySelector("[data-full-screen-notice]"));
queue.drain();
loadPaper();
pulse.start();
