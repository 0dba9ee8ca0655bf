/** What people type as their name. */

/** One spelling for one person: `Kim@Example.com ` is `kim@example.com`. */
export function loginOf(typed: string): string {
  return typed.trim().normalize("NFKC").toLowerCase();
}

/** Whether somebody may be called so: visible, without spaces, and short enough to be shown. */
export function isLogin(login: string): boolean {
  return /^[\p{L}\p{N}][\p{L}\p{N}\p{M}._+@-]{0,199}$/u.test(login) && loginOf(login) === login;
}

/** A name for people, in one line. Undefined: nothing is left of it. */
export function displayNameOf(typed: string): string | undefined {
  const name = typed.replaceAll(/[\p{C}\p{Z}]+/gu, " ").trim();
  return name === "" || [...name].length > 200 ? undefined : name;
}

/** The same in at most 80 characters, none of them cut in two. */
export function shortNameOf(typed: string): string | undefined {
  const name = displayNameOf(typed);
  return name && [...name].slice(0, 80).join("").trimEnd();
}
