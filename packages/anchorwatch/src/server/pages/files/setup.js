import { ask, browserName, byId, canPasskeys, createPasskey, doing, Problem, tell } from "./page.js";

// What is secret of the link stays out of the history, and out of what is shown over a shoulder.
const secret = location.hash.slice(1);
history.replaceState(null, "", location.pathname);

// Another link in the same tab changes only what stands behind #, for which no browser loads a page again.
addEventListener("hashchange", () => location.reload());

const INCOMPLETE = {
  detail: "What stands behind # is missing: it is the part that lets you in.",
  hint: "Copy the whole link, to its end, and open that.",
};

const form = /** @type {HTMLFormElement} */ (byId("form"));
const value = (name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name)).value;

function person() {
  if (!byId("login-label").hidden && value("login").trim() === "") {
    form.elements.namedItem("login").focus();
    throw new Problem({ detail: "Choose a name to sign in with." });
  }
  return { login: value("login"), name: value("name") };
}

doing(byId("passkey"), "click", async () => {
  const wanted = { secret, person: person() };
  const answer = await createPasskey(await ask("POST", "/setup/passkey/options", wanted));
  await ask("POST", "/setup/passkey", { ...wanted, label: browserName(), answer });
  location.replace("/account#welcome");
});

doing(form, "submit", async () => {
  const password = value("password");
  if (password === "") {
    form.elements.namedItem("password").focus();
    throw new Problem({ detail: "Type a password, or continue with a passkey." });
  }
  await ask("POST", "/setup/password", { secret, person: person(), password });
  location.replace("/account#welcome");
});

try {
  if (secret === "") throw new Problem(INCOMPLETE);
  const setup = await ask("POST", "/setup", { secret });
  const isFirst = setup.kind === "first_run";
  byId("lead").textContent = isFirst
    ? "You set up this Anchorwatch, and become its administrator."
    : `You are invited as ${setup.login}. Choose how you sign in.`;
  byId("login-label").hidden = !isFirst;
  form.elements.namedItem("login").required = isFirst;
  form.elements.namedItem("name").value = setup.name ?? "";
  byId("passkey").hidden = !canPasskeys;
  byId("passkey-hint").textContent = canPasskeys
    ? byId("passkey-hint").textContent
    : "This browser knows no passkeys: they need a recent one, and https or http://localhost.";
  byId("password-part").hidden = !setup.passwords;
  byId("or").hidden = !setup.passwords || !canPasskeys;
  form.hidden = false;
  (isFirst ? form.elements.namedItem("login") : form.elements.namedItem("name")).focus();
} catch (error) {
  byId("title").textContent = secret === "" ? "This link is incomplete" : "This link does not work";
  byId("lead").hidden = true;
  tell(error.message, "alert");
}
