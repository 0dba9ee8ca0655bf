/** One's own API tokens: listed, made, shown once, and revoked. */
import { ask, byId, doing, line, Problem, tell, timeText } from "./page.js";
import { proven } from "./proof.js";

const form = /** @type {HTMLFormElement} */ (byId("token"));
const field = (name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name));
const ROLES = ["viewer", "operator", "approver", "auditor", "administrator"];

/** Those that open something. */
export async function showTokens() {
  const good = [];
  let next;
  do {
    const page = await ask(
      "GET",
      `/tokens?limit=100${next === undefined ? "" : `&cursor=${encodeURIComponent(next)}`}`,
    );
    good.push(...page.tokens.filter(isGood));
    next = page.next;
  } while (next !== undefined);
  byId("tokens").replaceChildren(...good.map(tokenLine));
}

function isGood({ revokedAt, expiresAt }) {
  return revokedAt === undefined && new Date(expiresAt) > new Date();
}

function tokenLine({ id, name, limit, expiresAt, lastUsedAt, lastUsedFrom }) {
  const used =
    lastUsedAt === undefined ? "not used yet" : `last used ${timeText(lastUsedAt)} from ${lastUsedFrom}`;
  const text = `${limitText(limit)}, until ${timeText(expiresAt)}, ${used}`;
  return line(name, text, "Revoke", `Revoke ${name}`, async () => {
    await ask("DELETE", `/tokens/${encodeURIComponent(id)}`);
    await showTokens();
    tell("The token is revoked: it opens nothing any more.");
  });
}

function limitText(limit) {
  if (limit === undefined) return "may whatever you may";
  const labels = Object.entries(limit.scope).map(([label, value]) => `${label}=${value}`);
  const roles = ROLES.every((role) => limit.roles.includes(role))
    ? "whatever you may"
    : limit.roles.join(", ");
  return labels.length === 0 ? `may: ${roles}` : `may: ${roles} (${labels.join(", ")})`;
}

/** What was typed as labels. Limited by them alone, it may there what all roles together may. */
function limitOf(role, typed) {
  const pairs = typed
    .split(",")
    .map((pair) => pair.trim())
    .filter((pair) => pair !== "");
  if (pairs.length === 0) return role === "" ? undefined : { roles: [role], scope: {} };
  const scope = Object.fromEntries(
    pairs.map((pair) => {
      const [label, value] = [
        pair.slice(0, pair.indexOf("=")).trim(),
        pair.slice(pair.indexOf("=") + 1).trim(),
      ];
      if (pair.includes("=") && label !== "" && value !== "") return [label, value];
      throw new Problem({ detail: `“${pair}” is no label`, hint: "Write them as team=payments, env=prod." });
    }),
  );
  return { roles: role === "" ? ROLES : [role], scope };
}

function open(isOpen) {
  form.reset();
  form.hidden = !isOpen;
  byId("make-token").hidden = isOpen;
}

function showSecret(secret) {
  byId("secret").textContent = secret;
  byId("made").hidden = secret === "";
  if (secret !== "") byId("made").focus();
}

/** As a date field has it, by the clock of who looks. */
function dateText(days) {
  const date = new Date();
  date.setDate(date.getDate() + days);
  const two = (number) => String(number).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

doing(byId("make-token"), "click", async () => {
  showSecret("");
  open(true);
  field("until").min = dateText(0);
  field("until").value = dateText(30);
  field("name").focus();
});

doing(byId("leave-token"), "click", async () => {
  open(false);
});

doing(form, "submit", async () => {
  const limit = limitOf(field("role").value, field("labels").value);
  const expiresAt = new Date(`${field("until").value}T23:59:59`).toISOString();
  const wanted = { name: field("name").value, expiresAt, ...(limit === undefined ? {} : { limit }) };
  const { secret } = await proven(() => ask("POST", "/tokens", wanted));
  open(false);
  await showTokens();
  showSecret(secret);
});

doing(byId("copy"), "click", async () => {
  await navigator.clipboard.writeText(byId("secret").textContent).catch(() => {
    getSelection()?.selectAllChildren(byId("secret"));
    throw new Problem({
      detail: "The browser does not let it be copied.",
      hint: "It is marked: copy it yourself.",
    });
  });
  tell("The token is copied.");
});

doing(byId("leave-made"), "click", async () => {
  showSecret("");
});
