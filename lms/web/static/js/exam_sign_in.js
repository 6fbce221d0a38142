// Signing in again over the page when the session has ended: nothing on the page is lost meanwhile.

export class SignIn {
  constructor(dialog, base, done) {
    Object.assign(this, { dialog, base, done, token: "", owesCode: false, busy: false });
    dialog.querySelector("form").addEventListener("submit", (event) => (event.preventDefault(), this.#submit()));
    dialog.addEventListener("cancel", (event) => event.preventDefault());
  }

  ask() {
    if (this.dialog.open) return;
    this.#step(false);
    this.#fault("");
    this.dialog.showModal();
    this.#field("email").focus();
  }

  // Somebody signed in elsewhere in this browser: the dialog is not needed any more.
  close() {
    if (this.dialog.open) this.dialog.close();
  }

  #field(name) {
    return this.dialog.querySelector(`#again-${name}`);
  }

  #fault(text) {
    this.dialog.querySelector("[data-again-fault]").textContent = text;
  }

  #step(owesCode) {
    this.owesCode = owesCode;
    this.dialog.querySelector("[data-again-password]").hidden = owesCode;
    this.dialog.querySelector("[data-again-code]").hidden = !owesCode;
    if (owesCode) this.#field("code").focus();
  }

  async #submit() {
    if (this.busy) return;
    this.busy = true;
    this.#fault("");
    try {
      if (this.owesCode) await this.#send(this.dialog.dataset.secondStep, { code: this.#field("code").value });
      else await this.#send(this.dialog.dataset.signIn, { email: this.#field("email").value, password: this.#field("password").value });
    } catch {
      this.#fault("No connection. Try again in a moment; your answers are kept.");
    } finally {
      this.busy = false;
    }
  }

  async #send(address, fields) {
    const token = tokenIn(await read(await fetch(address, { cache: "no-store" })));
    const next = `${this.base}/pulse`;
    const body = new URLSearchParams({ csrf_token: token, next, ...fields });
    const answer = await fetch(address, { method: "POST", body });
    const place = new URL(answer.url).pathname;
    if (place === next && answer.ok) return this.#entered();
    if (place === next) return this.#fault("That is another person's sign-in. Sign in as the officer whose exam this is.");
    const page = await read(answer);
    if (place === this.dialog.dataset.secondStep && !this.owesCode) return this.#step(true);
    return this.#fault(faultIn(page));
  }

  async #entered() {
    this.#field("password").value = "";
    this.#field("code").value = "";
    await this.done();
    this.close();
  }
}

// The token that forms carry, fetched anew after somebody signed in; empty while nobody is.
export async function freshToken(address) {
  const answer = await fetch(address, { cache: "no-store" });
  return answer.redirected ? "" : tokenIn(await read(answer), "#question-form, #hand-in");
}

async function read(answer) {
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

function tokenIn(page, within = "form") {
  return page.querySelector(within)?.querySelector("input[name=csrf_token]")?.value ?? "";
}

function faultIn(page) {
  const told = page.querySelector(".error-summary li, .usa-error-message, main p");
  return told ? told.textContent.trim() : "That did not work. Check what you typed and try again.";
}
