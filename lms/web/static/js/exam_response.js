// An answer on the exam page as one JSON value: a choice's id; ids; ids by place; {left: right}; a text. Null is no answer.

const typeOf = (form) => form.elements.type?.value ?? "single";
const places = (form) => [...form.querySelectorAll("select[name^='place-']")];
const matches = (form) => [...form.querySelectorAll("select[name^='match-']")];
const idOf = (select) => select.name.slice("place-".length);

export function readResponse(form) {
  const data = new FormData(form);
  switch (typeOf(form)) {
    case "multiple":
      return orNothing(data.getAll("choice").sort());
    case "ordering":
      return orNothing(inOrder(form));
    case "matching":
      return orNothing(Object.fromEntries(matches(form).filter((one) => one.value).map((one) => [idOf(one), one.value])));
    case "numeric":
    case "short":
    case "written":
      return data.get("text")?.trim() ? data.get("text") : null;
    default:
      return data.get("choice");
  }
}

export function showResponse(form, response) {
  const chosen = [response].flat();
  form.querySelectorAll("input[name='choice']").forEach((one) => (one.checked = chosen.includes(one.value)));
  places(form).forEach((one) => (one.value = String(chosen.indexOf(idOf(one)) + 1 || "")));
  matches(form).forEach((one) => (one.value = response?.[idOf(one)] ?? ""));
  rememberPlaces(form);
  const text = form.elements.text;
  if (text) text.value = response ?? "";
}

export function hasResponse(value) {
  if (value === null || value === undefined || value === "") return false;
  return typeof value !== "object" || Object.keys(value).length > 0;
}

const orNothing = (value) => (hasResponse(value) ? value : null);

function inOrder(form) {
  const found = [];
  for (const one of places(form)) if (one.value) found[Number(one.value) - 1] = idOf(one);
  return Array.from(found, (id) => id ?? null);
}

function rememberPlaces(form) {
  for (const one of places(form)) one.dataset.place = one.value;
}

// Two lines never have one place: whoever gives a place away gets the one that the other line had. Before anybody reads the form, and on
// every form that the page shows.
document.addEventListener(
  "input",
  ({ target }) => {
    const form = target.closest("#question-form");
    if (form === null || !target.name?.startsWith("place-")) return;
    const other = places(form).find((one) => one !== target && one.value && one.value === target.value);
    if (other) other.value = target.dataset.place ?? "";
    rememberPlaces(form);
  },
  { capture: true },
);
