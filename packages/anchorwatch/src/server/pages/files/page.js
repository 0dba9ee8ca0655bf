/** What the pages have in common: asking the server, passkeys, and telling what went wrong. Texts are only ever set as text. */

/** @param {string} id */
export const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** What the server said, or why it could not be asked. */
export class Problem extends Error {
  /** @param {{code?: string, detail?: string, hint?: string, problems?: {path: string, message: string}[]}} problem */
  constructor({ code = "", detail = "Something went wrong.", hint, problems = [] }) {
    super(sentence([detail, ...problems.map(({ path, message }) => `${path}: ${message}`)].join("; "), hint));
    this.code = code;
  }
}

function sentence(detail, hint) {
  const first = detail.charAt(0).toUpperCase() + detail.slice(1);
  return [first.replace(/[.]?$/, "."), hint].filter(Boolean).join(" ");
}

/**
 * @param {"GET" | "POST" | "PUT" | "PATCH" | "DELETE"} method
 * @param {string} path below /api/v1
 * @param {object} [body]
 */
export async function ask(method, path, body) {
  const headers = body === undefined ? {} : { "content-type": "application/json" };
  const answer = await fetch(`/api/v1${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch(() => {
    throw new Problem({
      detail: "The server cannot be reached.",
      hint: "Look whether it runs, and try again.",
    });
  });
  if (answer.status === 204) return undefined;
  const content = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Problem(content);
  return content;
}

export const canPasskeys =
  typeof PublicKeyCredential === "function" &&
  typeof PublicKeyCredential.parseCreationOptionsFromJSON === "function";

/** A new passkey, as JSON. */
export async function createPasskey({ options }) {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  return (await asked(() => navigator.credentials.create({ publicKey }))).toJSON();
}

/** The signature of a passkey, as JSON. */
export async function usePasskey({ options }) {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  return (await asked(() => navigator.credentials.get({ publicKey }))).toJSON();
}

async function asked(work) {
  try {
    return await work();
  } catch (error) {
    if (error.name === "InvalidStateError") {
      throw new Problem({ detail: "This device has a passkey for you already.", hint: "Sign in with it." });
    }
    throw new Problem({
      detail: "No passkey was used.",
      hint: "The device did not offer one, or it was cancelled. Try again.",
    });
  }
}

/** An entry of a list: a name, more about it, and perhaps what can be done with it. */
export function line(title, text, action, description, work) {
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

/** Does what a button or form is for, once at a time; what goes wrong is told, and read out. */
export function doing(element, event, work) {
  element.addEventListener(event, async (happened) => {
    happened.preventDefault();
    const buttons = [...document.querySelectorAll("button")].filter((button) => !button.disabled);
    for (const button of buttons) button.disabled = true;
    tell("");
    try {
      await work(happened);
    } catch (error) {
      tell(error.message, "alert");
    } finally {
      for (const button of buttons) button.disabled = false;
    }
  });
}

/** @param {"alert" | "status"} [role] */
export function tell(text, role = "status") {
  const notice = byId("notice");
  notice.setAttribute("role", role);
  notice.textContent = text;
  if (text !== "" && role === "alert") notice.focus();
}

/** What this browser is called, as a name for its passkey. */
export function browserName() {
  const agent = navigator.userAgent;
  const system = [
    ["Android", /Android/],
    ["iPhone", /iPhone/],
    ["iPad", /iPad/],
    ["Mac", /Macintosh/],
    ["Windows", /Windows/],
    ["Linux", /Linux/],
  ].find(([, pattern]) => pattern.test(agent));
  return system === undefined ? "Passkey" : `Passkey on ${system[0]}`;
}

/** Where to go after signing in: a path of this server, and nothing else. */
export function nextPage() {
  const wanted = new URLSearchParams(location.search).get("next") ?? "/account";
  if (!URL.canParse(wanted, location.origin)) return "/account";
  const url = new URL(wanted, location.origin);
  // `/..//host` is a path of ours to the parser, and another host to whoever follows what is left of it.
  if (url.origin !== location.origin || url.pathname.startsWith("//")) return "/account";
  return `${url.pathname}${url.search}${url.hash}`;
}

/** To the page where one signs in, and back. */
export function signInFirst() {
  const here = `${location.pathname}${location.search}${location.hash}`;
  location.replace(`/sign-in?next=${encodeURIComponent(here)}`);
}

export function timeText(text) {
  return new Date(text).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
}
