/** One's own account: ways in, tokens, and where one is signed in. */
import { showPassword } from "./account-password.js";
import { showTokens } from "./account-tokens.js";
import {
  ask,
  browserName,
  byId,
  canPasskeys,
  createPasskey,
  doing,
  line,
  Problem,
  signInFirst,
  tell,
  timeText,
  usePasskey,
} from "./page.js";

const METHODS = { passkey: "with a passkey", password: "with a password", oidc: "with an identity provider" };

/** By what somebody proves that it is still he. @type {"passkey" | "password" | "sign-in"} */
let way = "sign-in";

async function show() {
  const me = await ask("GET", "/session");
  byId("who").textContent = me.name;
  const roles = me.roles.map(({ role, scope }) => {
    const where = Object.entries(scope).map(([label, value]) => `${label}=${value}`);
    return where.length === 0 ? role : `${role} (${where.join(", ")})`;
  });
  byId("roles").textContent = `${me.login} · ${roles.length === 0 ? "no role yet" : roles.join(", ")}`;
  const [{ passkeys }, { sessions }, password] = await Promise.all([
    ask("GET", "/passkeys"),
    ask("GET", "/sessions"),
    ask("GET", "/password"),
    showTokens(),
  ]);
  if (passkeys.length > 0) way = "passkey";
  else way = password.changedAt !== undefined && password.allowed ? "password" : "sign-in";
  showPassword(password, { login: me.login, canRemove: passkeys.length > 0, proven, show });
  showPasskeys(passkeys);
  showSessions(sessions);
  byId("add-passkey").hidden = !canPasskeys;
  byId("content").hidden = false;
}

function showPasskeys(passkeys) {
  byId("passkeys").replaceChildren(
    ...passkeys.map((passkey) => {
      const used =
        passkey.lastUsedAt === undefined ? "not used yet" : `last used ${timeText(passkey.lastUsedAt)}`;
      return line(
        passkey.name,
        `added ${timeText(passkey.addedAt)}, ${used}`,
        "Remove",
        `Remove ${passkey.name}`,
        async () => {
          await proven(() => ask("DELETE", `/passkeys/${encodeURIComponent(passkey.id)}`));
          await show();
          tell("The passkey is removed, and all your other sessions ended.");
        },
      );
    }),
  );
}

function showSessions(sessions) {
  byId("sessions").replaceChildren(
    ...sessions.map((session) => {
      const text = `since ${timeText(session.startedAt)}, ${METHODS[session.method]}, last used ${timeText(session.lastUsedAt)}`;
      if (session.current) return line(`${session.address} (here)`, text);
      return line(session.address, text, "End", `End the session at ${session.address}`, async () => {
        await ask("DELETE", `/sessions/${encodeURIComponent(session.id)}`);
        await show();
      });
    }),
  );
}

/** Proves that it is still the same person, when the server asks for that: with the passkey, or else the password. */
async function proven(work) {
  try {
    return await work();
  } catch (error) {
    if (error.code !== "proof_needed" || way === "sign-in") throw error;
    if (way === "passkey") {
      const answer = await usePasskey(await ask("POST", "/session/proof/options"));
      await ask("POST", "/session/proof", { answer });
    } else await ask("POST", "/session/proof/password", { password: await askPassword() });
    return await work();
  }
}

/** What was typed into the dialog; nothing happens when it is closed instead. */
function askPassword() {
  const dialog = /** @type {HTMLDialogElement} */ (byId("proof"));
  const form = /** @type {HTMLFormElement} */ (byId("proof-form"));
  form.reset();
  for (const button of dialog.querySelectorAll("button")) button.disabled = false;
  dialog.showModal();
  return new Promise((resolve, reject) => {
    form.onsubmit = (event) => {
      event.preventDefault();
      resolve(form.elements.namedItem("password").value);
      dialog.close();
    };
    byId("leave-proof").onclick = () => dialog.close();
    dialog.onclose = () => {
      form.reset();
      reject(new Problem({ detail: "Nothing was changed." }));
    };
  });
}

doing(byId("add-passkey"), "click", async () => {
  const options = await proven(() => ask("POST", "/passkeys/options"));
  const answer = await createPasskey(options);
  await ask("POST", "/passkeys", { label: browserName(), answer });
  await show();
  tell("The passkey is added.");
});

doing(byId("sign-out"), "click", async () => {
  await ask("DELETE", "/session");
  location.assign("/sign-in");
});

doing(byId("sign-out-everywhere"), "click", async () => {
  await ask("POST", "/session/end-all");
  location.assign("/sign-in");
});

try {
  await show();
} catch (error) {
  if (error.code === "sign_in_required") signInFirst();
  else tell(error.message, "alert");
}
