// The lesson editor: a preview while typing, faults that select their line, and a warning before unsaved text is left.

const PAUSE = 600;
const source = document.querySelector("textarea[data-preview]");
const guide = document.getElementById("guide");
const form = document.getElementById("lesson-form");

if (source && guide && form) {
  const here = document.querySelector("[data-preview-here]");
  const counts = document.querySelector("[data-counts]");
  const faults = document.querySelector("[data-faults]");
  const heading = document.querySelector("[data-faults-heading]");
  const list = faults.querySelector("ul");
  const texts = [source, guide];
  let saved = texts.map((text) => text.value);
  let timer = 0;
  let asking = null;

  for (const text of texts) {
    text.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(ask, PAUSE);
    });
  }

  form.addEventListener("submit", () => {
    saved = texts.map((text) => text.value);
  });

  window.addEventListener("beforeunload", (leaving) => {
    if (texts.some((text, at) => text.value !== saved[at])) {
      leaving.preventDefault();
    }
  });

  document.addEventListener("click", (clicked) => {
    const link = clicked.target.closest("a[data-line]");
    if (link) {
      clicked.preventDefault();
      select(link.hash === "#guide" ? guide : source, Number(link.dataset.line));
    }
  });

  async function ask() {
    asking?.abort();
    const mine = new AbortController();
    asking = mine;
    try {
      const answer = await fetch(source.dataset.preview, {
        method: "POST",
        headers: { Accept: "application/json", "X-CSRF-Token": form.elements.csrf_token.value },
        body: new FormData(form),
        signal: mine.signal,
      });
      const told = await answer.json();
      if (answer.ok) {
        show(told);
      } else {
        counts.textContent = told.detail;
      }
    } catch (error) {
      if (error.name !== "AbortError") {
        counts.textContent = "The preview is out of reach. Your text is still here; save it, or try again in a moment.";
      }
    }
  }

  function show(told) {
    here.innerHTML = told.html;
    const many = told.faults.length;
    heading.textContent = `${many} fault${many === 1 ? "" : "s"}`;
    list.replaceChildren(...told.faults.map(entry));
    faults.hidden = many === 0;
    const found = many ? `, ${heading.textContent}` : "";
    counts.textContent = `${told.words} words, about ${told.minutes} minutes to read${found}`;
  }

  function entry(fault) {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = fault.guide ? "#guide" : "#source";
    link.dataset.line = fault.line;
    link.textContent = `${fault.guide ? "Guide, line" : "Line"} ${fault.line}`;
    const fix = fault.fix.charAt(0).toUpperCase() + fault.fix.slice(1);
    item.append(link, `: ${fault.warning ? "Warning: " : ""}${fault.what}. ${fix}.`);
    return item;
  }

  function select(text, line) {
    const lines = text.value.split("\n");
    const start = lines.slice(0, line - 1).reduce((sum, before) => sum + before.length + 1, 0);
    text.focus();
    text.setSelectionRange(start, start + (lines[line - 1] ?? "").length);
    const height = text.scrollHeight / Math.max(lines.length, 1);
    text.scrollTop = Math.max(0, (line - 4) * height);
  }
}
