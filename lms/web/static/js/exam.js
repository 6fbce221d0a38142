// The exam page: saves each change at once, sends it again until the server says it is kept, and shows the time the server keeps.

import { hasResponse, readResponse, showResponse } from "./exam_response.js";

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 8000;
const TYPING_MS = 1000;

const form = document.getElementById("question-form");
const chip = document.querySelector("[data-save-chip]");
let pending = null;
let sending = false;
let retryMs = FIRST_RETRY_MS;
let wasLost = false;
let leaving = null;
let typing = 0;

startTimer();
if (form) {
  form.addEventListener("change", changed);
  form.addEventListener("input", typed);
  form.addEventListener("submit", leave);
  document.querySelectorAll(".navigator a").forEach((link) => link.addEventListener("click", follow));
  window.addEventListener("online", () => send());
  window.addEventListener("beforeunload", (event) => {
    if (pending && !leaving?.final) event.preventDefault();
  });
}

// --- Saving ---

function changed() {
  pending = { ...stateOfPage(), key: crypto.randomUUID() };
  send();
}

// A text is saved when its writer pauses, and when the field is left.
function typed(event) {
  if (event.target.name !== "text") return;
  window.clearTimeout(typing);
  typing = window.setTimeout(changed, TYPING_MS);
}

function stateOfPage() {
  window.clearTimeout(typing);
  return { response: JSON.stringify(readResponse(form)), flagged: form.elements.flagged.checked ? "1" : "" };
}

async function send() {
  if (sending || !pending) return;
  sending = true;
  const change = pending;
  show("saving", "Saving…");
  const body = new URLSearchParams({ response: change.response, flagged: change.flagged, key: change.key, revision: form.elements.revision.value });
  let response = null;
  try {
    response = await fetch(form.action, {
      method: "POST",
      body,
      keepalive: true,
      headers: { "X-CSRF-Token": form.elements.csrf_token.value, "X-Requested-With": "fetch", Accept: "application/json" },
    });
  } catch {
    response = null;
  }
  sending = false;
  await settle(change, response);
}

async function settle(change, response) {
  if (response === null || response.status >= 500 || response.status === 429) {
    retryLater();
    return;
  }
  retryMs = FIRST_RETRY_MS;
  if (response.status === 200) kept(change, await response.json());
  else if (response.status === 409) overtaken(await response.json());
  else if (response.status === 410) over();
  else refused(response.status);
}

function retryLater() {
  wasLost = true;
  show("waiting", "No connection. Your answer is kept here and sent again.", true);
  window.setTimeout(send, retryMs);
  retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
}

function kept(change, receipt) {
  form.elements.revision.value = receipt.revision;
  if (pending === change) pending = null;
  show("saved", `Saved ${timeOf(receipt.at)}`, wasLost);
  wasLost = false;
  markPlace(receipt);
  if (pending) send();
  else if (leaving) leaving.go();
}

function overtaken(standing) {
  pending = null;
  leaving = null;
  form.elements.revision.value = standing.revision;
  showResponse(form, standing.response);
  form.elements.flagged.checked = standing.flagged;
  document.querySelector("[data-conflict]").hidden = false;
  show("failed", "Changed in another window", true);
  markPlace(standing);
}

function over() {
  pending = null;
  window.location.assign(form.dataset.result);
}

function refused(status) {
  if (status === 401 || status === 403) {
    show("failed", "You are signed out. Sign in again in another tab; this page then saves by itself.", true);
    wasLost = true;
    window.setTimeout(resume, LONGEST_RETRY_MS / 4);
  } else {
    show("failed", "Not saved. Reload the page; earlier answers are kept.", true);
  }
}

// After signing in again elsewhere, this page's token is of the past: fetch the page anew for its token, keep what is on this one.
async function resume() {
  let fresh = null;
  try {
    const text = await (await fetch(window.location.href)).text();
    fresh = new DOMParser().parseFromString(text, "text/html").querySelector("#question-form input[name=csrf_token]");
  } catch {
    fresh = null;
  }
  if (fresh) form.elements.csrf_token.value = fresh.value;
  if (fresh) send();
  else window.setTimeout(resume, LONGEST_RETRY_MS / 4);
}

// --- Leaving the page only with everything saved ---

function leave(event) {
  const button = event.submitter;
  if (!pending && !sending) return;
  event.preventDefault();
  leaving = { final: false, go: () => ((leaving.final = true), form.requestSubmit(button)) };
}

function follow(event) {
  if (!pending && !sending) return;
  event.preventDefault();
  const address = event.currentTarget.href;
  leaving = { final: false, go: () => ((leaving.final = true), window.location.assign(address)) };
}

// --- Showing ---

function show(state, text, aloud = false) {
  chip.dataset.state = state;
  chip.querySelector("[data-save-text]").textContent = text;
  if (aloud) document.querySelector("[data-save-said]").textContent = text;
}

function timeOf(iso) {
  return new Intl.DateTimeFormat("en-US", { hour: "numeric", minute: "2-digit", second: "2-digit", timeZone: form.dataset.zone }).format(new Date(iso));
}

function markPlace(receipt) {
  const place = document.querySelector(`.navigator [data-position="${receipt.position}"]`);
  if (!place) return;
  const answered = hasResponse(receipt.response);
  place.classList.toggle("is-answered", answered);
  place.classList.toggle("is-seen", !answered);
  place.classList.toggle("is-flagged", receipt.flagged);
  const said = answered ? "answered" : "not answered";
  place.querySelector("[data-said]").textContent = receipt.flagged ? `${said}, flagged` : said;
}

// --- Time: only differences of server times and of this page's own running time, so a wrong clock here is harmless ---

function startTimer() {
  const timer = document.querySelector(".timer");
  if (!timer) return;
  const total = new Date(timer.dataset.due) - new Date(timer.dataset.now);
  const begun = performance.now();
  const said = document.querySelector("[data-timer-said]");
  const spoken = new Set();
  const toggle = timer.querySelector("[data-timer-toggle]");
  toggle.hidden = false;
  toggle.addEventListener("click", () => {
    const hide = !("hidden" in timer.dataset);
    if (hide) timer.dataset.hidden = "";
    else delete timer.dataset.hidden;
    toggle.textContent = hide ? "Show time" : "Hide time";
  });
  timer.dataset.live = "";
  tick();
  const ticking = window.setInterval(tick, 1000);

  function tick() {
    const left = Math.max(0, Math.floor((total - (performance.now() - begun)) / 1000));
    timer.querySelector("[data-timer-left]").textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    timer.dataset.level = left <= 60 ? "last" : left <= 300 ? "soon" : "";
    if (left <= 300 && "hidden" in timer.dataset) toggle.click();
    for (const minutes of [30, 10, 5, 1]) announce(left, minutes);
    if (left > 0) return;
    window.clearInterval(ticking);
    finishInTime();
  }

  function announce(left, minutes) {
    if (left > minutes * 60 || left <= minutes * 60 - 5 || spoken.has(minutes)) return;
    spoken.add(minutes);
    said.textContent = minutes === 1 ? "One minute left." : `${minutes} minutes left.`;
  }
}

// The server closes the attempt by itself. What is still on its way has the grace to arrive, then the page shows the result.
function finishInTime() {
  const done = () => window.location.reload();
  if (!pending && !sending) window.setTimeout(done, 1000);
  else leaving = { final: true, go: done };
  window.setTimeout(done, 65_000);
}
