import {
  ask,
  browserName,
  byId,
  canPasskeys,
  createPasskey,
  doing,
  proven,
  signInFirst,
  tell,
  timeText,
} from "./page.js";

const METHODS = { passkey: "with a passkey", password: "with a password", oidc: "with an identity provider" };

async function show() {
  const me = await ask("GET", "/session");
  byId("who").textContent = me.name;
  const roles = me.roles.map(({ role, scope }) => {
    const where = Object.entries(scope).map(([label, value]) => `${label}=${value}`);
    return where.length === 0 ? role : `${role} (${where.join(", ")})`;
  });
  byId("roles").textContent = `${me.login} · ${roles.length === 0 ? "no role yet" : roles.join(", ")}`;
  const [{ passkeys }, { sessions }] = await Promise.all([ask("GET", "/passkeys"), ask("GET", "/sessions")]);
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
  byId("add-passkey").hidden = !canPasskeys;
  byId("content").hidden = false;
}

function line(title, text, action, description, work) {
  const item = document.createElement("li");
  const words = document.createElement("div");
  const name = document.createElement("strong");
  name.textContent = title;
  const more = document.createElement("small");
  more.textContent = text;
  words.append(name, document.createElement("br"), more);
  item.append(words);
  if (action !== undefined) {
    const button = document.createElement("button");
    button.className = "plain small";
    button.type = "button";
    button.textContent = action;
    button.setAttribute("aria-label", description);
    doing(button, "click", work);
    item.append(button);
  }
  return item;
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
