// The review before handing in: what another page of the exam kept is sent first, and the time goes on.

import { Pulse } from "./exam_pulse.js";
import { AnswerQueue } from "./exam_queue.js";
import { Timer } from "./exam_timer.js";

const CHECK_MS = 2000;
const place = document.querySelector("[data-review]");
const { base } = place.dataset;
const form = document.getElementById("hand-in");
const token = () => form.elements.csrf_token.value;
const queue = new AnswerQueue(base, token);
const pulse = new Pulse(base, token);
const timer = new Timer(document.querySelector(".timer"), timeIsOver);
const kept = queue.count > 0;
let handing = false;
let gone = false;
let ending = false;

form.addEventListener("submit", (event) => {
  if (!queue.count) return;
  event.preventDefault();
  handing = true;
  tell();
  queue.drain();
});
for (const kind of ["change", "kept", "held"]) queue.addEventListener(kind, tell);
queue.addEventListener("conflict", ({ detail }) => goTo(`/questions/${detail.standing.position}?conflict=yes`)); // which shows what was refused
queue.addEventListener("refused", ({ detail }) => goTo(`/questions/${detail.position}`));
queue.addEventListener("held", () => goTo("/review")); // the server says why: signed out, paused, another device
queue.addEventListener("closed", () => goTo("/result"));
pulse.addEventListener("beat", ({ detail: { answer, asked } }) => {
  queue.connection(true);
  timer.sync(answer.left_ms, asked, answer.paused);
  if (answer.closed) goTo("/result");
  else if (answer.paused || answer.elsewhere) goTo("");
  else if (ending && timer.over) form.requestSubmit();
  else queue.drain();
});
pulse.addEventListener("silence", () => queue.connection(false));
pulse.addEventListener("signed-out", () => window.location.reload());

function goTo(place) {
  if (!gone) window.location.assign(base + place);
  gone = true;
}

// Time may have been given since the last beat: the server is asked before the exam is handed in.
function timeIsOver() {
  window.setTimeout(() => {
    ending = true;
    pulse.beat();
  }, CHECK_MS);
}

function tell() {
  const count = queue.count;
  const words = [queue.lost && "Connection lost.", count && `${count} ${count === 1 ? "answer is" : "answers are"} not yet saved.`];
  place.querySelector("[data-unsaved]").textContent = words.filter(Boolean).join(" ");
  if (count || queue.draining || gone) return;
  if (handing) form.requestSubmit();
  else if (kept) window.location.reload(); // what it lists was of before
}

queue.drain();
pulse.start();
