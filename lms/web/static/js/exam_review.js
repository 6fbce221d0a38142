// The review before handing in: what another page of the exam kept is sent first, and the time goes on.

import { Pulse } from "./exam_pulse.js";
import { AnswerQueue } from "./exam_queue.js";
import { Timer } from "./exam_timer.js";

const place = document.querySelector("[data-review]");
const { base } = place.dataset;
const form = document.getElementById("hand-in");
const token = () => form.elements.csrf_token.value;
const queue = new AnswerQueue(base, token);
const pulse = new Pulse(base, token);
const timer = new Timer(document.querySelector(".timer"), () => form.requestSubmit());
const kept = queue.count > 0;
let handing = false;

form.addEventListener("submit", (event) => {
  if (!queue.count) return;
  event.preventDefault();
  handing = true;
  tell();
  queue.drain();
});
for (const kind of ["change", "kept", "held", "conflict"]) queue.addEventListener(kind, tell);
queue.addEventListener("closed", () => window.location.assign(`${base}/result`));
pulse.addEventListener("beat", ({ detail: { answer, asked } }) => {
  queue.connection(true);
  timer.sync(answer.left_ms, asked, answer.paused);
  if (answer.closed) window.location.assign(`${base}/result`);
  else if (answer.paused) window.location.assign(base);
  else queue.drain();
});
pulse.addEventListener("silence", () => queue.connection(false));
pulse.addEventListener("signed-out", () => window.location.reload());

function tell() {
  const count = queue.count;
  const words = [queue.lost && "Connection lost.", count && `${count} ${count === 1 ? "answer is" : "answers are"} not yet saved.`];
  place.querySelector("[data-unsaved]").textContent = words.filter(Boolean).join(" ");
  if (count || queue.draining) return;
  if (handing) form.requestSubmit();
  else if (kept) window.location.reload(); // what it lists was of before
}

queue.drain();
pulse.start();
