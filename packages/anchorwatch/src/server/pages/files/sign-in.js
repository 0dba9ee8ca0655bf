import { ask, byId, canPasskeys, doing, nextPage, tell, usePasskey } from "./page.js";

byId("passkey").hidden = !canPasskeys;
byId("help").textContent = canPasskeys
  ? ""
  : "This browser knows no passkeys: they need a recent one, and https or http://localhost.";

doing(byId("passkey"), "click", async () => {
  const answer = await usePasskey(await ask("POST", "/session/passkey/options"));
  await ask("POST", "/session/passkey", { answer });
  location.assign(nextPage());
});

const form = /** @type {HTMLFormElement} */ (byId("password"));
doing(form, "submit", async () => {
  const { login, password } = Object.fromEntries(new FormData(form));
  await ask("POST", "/session/password", { login, password });
  location.assign(nextPage());
});

const [ways, elsewhere] = await Promise.all([
  ask("GET", "/session/ways").catch((error) => {
    tell(error.message, "alert");
    return { passwords: false };
  }),
  ask("GET", "/session/oidc").catch(() => ({ providers: [] })),
]);
form.hidden = !ways.passwords;
byId("or").hidden = !ways.passwords;
for (const { title, start: path } of elsewhere.providers ?? []) {
  const link = document.createElement("a");
  link.className = "button plain";
  link.textContent = `Sign in with ${title}`;
  const start = new URL(path, location.origin);
  start.searchParams.set("returnTo", nextPage());
  link.href = start.href;
  byId("providers").append(link);
}
