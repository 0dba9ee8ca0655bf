/** Proves that it is still the same person, when the server asks for that, and goes on with what was being done. */
import { ask, byId, Problem, signInFirst, usePasskey } from "./page.js";

/** @template Result @param {() => Promise<Result>} work nothing is done before the server is content with the proof */
export async function proven(work) {
  try {
    return await work();
  } catch (error) {
    if (error.code !== "proof_needed") throw error;
    await prove();
    return await work();
  }
}

/** With the passkey, or else the password; who has neither here signs in again, and comes back to this page. */
async function prove() {
  const [{ passkeys }, password] = await Promise.all([ask("GET", "/passkeys"), ask("GET", "/password")]);
  if (passkeys.length > 0) {
    const answer = await usePasskey(await ask("POST", "/session/proof/options"));
    await ask("POST", "/session/proof", { answer });
    return;
  }
  const hasPassword = password.changedAt !== undefined && password.allowed;
  const typed = await askAgain(hasPassword);
  if (hasPassword) await ask("POST", "/session/proof/password", { password: typed });
  else {
    signInFirst();
    // The browser is on its way; until it has left, nothing may be told as done.
    await new Promise(() => {});
  }
}

/** What was typed into the dialog; nothing happens when it is closed instead. */
function askAgain(hasPassword) {
  const dialog = /** @type {HTMLDialogElement} */ (byId("proof"));
  const form = /** @type {HTMLFormElement} */ (byId("proof-form"));
  const field = /** @type {HTMLInputElement} */ (form.elements.namedItem("password"));
  form.reset();
  byId("proof-label").hidden = !hasPassword;
  field.required = hasPassword;
  byId("prove").textContent = hasPassword ? "Continue" : "Sign in again";
  for (const button of dialog.querySelectorAll("button")) button.disabled = false;
  dialog.showModal();
  return new Promise((resolve, reject) => {
    form.onsubmit = (event) => {
      event.preventDefault();
      resolve(field.value);
      dialog.close();
    };
    byId("leave-proof").onclick = () => dialog.close();
    dialog.onclose = () => {
      form.reset();
      reject(new Problem({ detail: "Nothing was changed." }));
    };
  });
}
