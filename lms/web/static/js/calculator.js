// A calculator that reads sums by itself: numbers, + - * / and parentheses. Nothing typed is ever run as a program.

const field = document.querySelector("[data-sum]");

class Reader {
  constructor(text) {
    this.rest = text.replace(/[×]/g, "*").replace(/[÷]/g, "/").replace(/[−]/g, "-").replace(/,/g, "");
  }

  take(...signs) {
    this.rest = this.rest.trimStart();
    const sign = signs.find((one) => this.rest.startsWith(one));
    if (sign) this.rest = this.rest.slice(sign.length);
    return sign;
  }

  sum() {
    let value = this.product();
    for (let sign = this.take("+", "-"); sign; sign = this.take("+", "-")) value += sign === "+" ? this.product() : -this.product();
    return value;
  }

  product() {
    let value = this.signed();
    for (let sign = this.take("*", "/"); sign; sign = this.take("*", "/")) {
      const next = this.signed();
      if (sign === "/" && next === 0) throw new Error("Nothing can be divided by zero.");
      value = sign === "*" ? value * next : value / next;
    }
    return value;
  }

  signed() {
    return this.take("-") ? -this.signed() : this.take("+") ? this.signed() : this.single();
  }

  single() {
    if (this.take("(")) {
      const value = this.sum();
      if (!this.take(")")) throw new Error("A parenthesis is not closed.");
      return value;
    }
    const found = /^\s*(\d+\.?\d*|\.\d+)/.exec(this.rest);
    if (!found) throw new Error("Use numbers, + - * / and parentheses.");
    this.rest = this.rest.slice(found[0].length);
    return Number(found[1]);
  }
}

export function workedOut(text) {
  const reader = new Reader(text);
  const value = reader.sum();
  if (reader.rest.trim()) throw new Error("Use numbers, + - * / and parentheses.");
  if (!Number.isFinite(value)) throw new Error("That number is too large.");
  return String(Number(value.toPrecision(12)));
}

function show() {
  const place = document.querySelector("[data-sum-result]");
  try {
    place.textContent = `= ${workedOut(field.value)}`;
  } catch (fault) {
    place.textContent = fault.message;
  }
}

if (field) {
  document.querySelector("[data-calculator]").hidden = false;
  document.querySelector("[data-work-out]").addEventListener("click", show);
  field.addEventListener("keydown", (event) => event.key === "Enter" && show());
}
