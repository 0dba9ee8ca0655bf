/** One's own account: ways in, tokens, and where one is signed in. */
import { showChat } from "./account-chat.js";
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
  signInFirst,
  tell,
  timeText,
} from "./page.js";
import { proven } from "./proof.js";

const METHODS = { passkey: "with a passkey", password: "with a password", oidc: "with an identity provider" };

/** He comes from the page of a link, for the first time. */
const isFirstTime = location.hash === "#welcome";
if (isFirstTime) history.replaceState(null, "", location.pathname);

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
  showPassword(password, { login: me.login, canRemove: passkeys.length > 0, show });
  showPasskeys(passkeys);
  showSessions(sessions);
  byId("add-passkey").hidden = !canPasskeys;
  byId("content").hidden = false;
  await showChat(proven);
  return me;
}

/** @param {{role: string}[]} roles */
function showNext(roles) {
  byId("login-command").textContent = `anchorwatch login --server ${location.origin}`;
  byId("next-invite").hidden = !roles.some(({ role }) => role === "administrator");
  byId("next-role").hidden = roles.length > 0;
  byId("next").hidden = false;
}

doing(byId("leave-next"), "click", async () => {
  byId("next").hidden = true;
});

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
  const { roles } = await show();
  if (isFirstTime) showNext(roles);
} catch (error) {
  if (error.code === "sign_in_required") signInFirst();
  else tell(error.message, "alert");
}
