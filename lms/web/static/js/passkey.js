// Passkeys: ask the site what a device is to sign, let the device do it, and send its answer with the form.

const form = document.querySelector("form[data-passkey]");
const button = form && form.querySelector("[data-passkey-button]");
const supported =
  window.PublicKeyCredential && PublicKeyCredential.parseCreationOptionsFromJSON && PublicKeyCredential.parseRequestOptionsFromJSON;

if (button) {
  const state = form.querySelector("[data-passkey-state]");
  if (!supported) {
    state.textContent = "This browser knows no passkeys. Use a code app instead.";
  } else if (window.location.hostname !== form.dataset.host) {
    form.querySelector("[data-passkey-elsewhere]").hidden = false;
  } else {
    button.hidden = false;
    button.addEventListener("click", () => answer(state));
  }
}

async function answer(state) {
  button.disabled = true;
  state.textContent = "Follow what your browser asks.";
  try {
    const credential = form.dataset.passkey === "creation" ? await created() : await proven();
    form.querySelector("[name=answer]").value = JSON.stringify(credential.toJSON());
    form.submit();
  } catch (fault) {
    state.textContent =
      fault.name === "InvalidStateError"
        ? "This device already holds a passkey for you. Choose another device."
        : "That did not work, or took too long. Try again.";
    button.disabled = false;
  }
}

async function question() {
  const token = form.querySelector("[name=csrf_token]").value;
  const asked = await fetch(form.dataset.question, {
    method: "POST",
    headers: { "X-CSRF-Token": token, Accept: "application/json" },
  });
  if (!asked.ok) {
    throw new Error(`The site answered ${asked.status}.`);
  }
  return asked.json();
}

async function created() {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(await question());
  return navigator.credentials.create({ publicKey });
}

async function proven() {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(await question());
  return navigator.credentials.get({ publicKey });
}
