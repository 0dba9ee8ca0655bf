/** One's own password: chosen, changed and removed. */
import { ask, byId, doing, tell, timeText } from "./page.js";
import { proven } from "./proof.js";

const form = /** @type {HTMLFormElement} */ (byId("password"));
const field = (name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name));

/** As the account is now. */
let account;

/**
 * @param {{allowed: boolean, changedAt?: string}} password
 * @param {{login: string, canRemove: boolean, show: () => Promise<void>}} given
 */
export function showPassword({ allowed, changedAt }, given) {
  const isSet = changedAt !== undefined;
  account = { ...given, isSet };
  byId("password-state").textContent = stateText(allowed, changedAt);
  byId("change-password").textContent = isSet ? "Change the password" : "Choose a password";
  byId("change-password").hidden = !allowed;
  byId("remove-password").hidden = !isSet || !given.canRemove;
  byId("current-label").hidden = !isSet;
  field("current").required = isSet;
  field("username").value = given.login;
}

function stateText(allowed, changedAt) {
  if (!allowed) return "You sign in without a password here.";
  return changedAt === undefined ? "You have none." : `Chosen ${timeText(changedAt)}.`;
}

function open(isOpen) {
  form.reset();
  field("username").value = account.login;
  form.hidden = !isOpen;
  byId("password-buttons").hidden = isOpen;
}

doing(byId("change-password"), "click", async () => {
  open(true);
  field(account.isSet ? "current" : "wanted").focus();
});

doing(byId("leave-password"), "click", async () => {
  open(false);
});

doing(form, "submit", async () => {
  const wanted = field("wanted").value;
  const body = account.isSet ? { current: field("current").value, wanted } : { wanted };
  await proven(() => ask("PUT", "/password", body));
  open(false);
  await account.show();
  tell("The password is saved, and all your other sessions ended.");
});

doing(byId("remove-password"), "click", async () => {
  await proven(() => ask("DELETE", "/password"));
  await account.show();
  tell("The password is removed, and all your other sessions ended.");
});
