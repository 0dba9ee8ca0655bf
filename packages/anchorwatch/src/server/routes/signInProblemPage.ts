/** What a person sees whose sign-in at an identity provider did not work out. One page without scripts. */
import { createHash } from "node:crypto";
import type { Problem } from "../shapes/problem.ts";

const STYLE = `:root{color-scheme:light dark;font:1rem/1.5 system-ui,sans-serif}
body{display:grid;min-height:100vh;margin:0;place-items:center}
main{max-width:32rem;padding:1.5rem;overflow-wrap:anywhere}
h1{font-size:1.4rem;line-height:1.3}
small{opacity:.7}
a{display:inline-block;margin-top:.5rem}`;

/** Nothing runs or loads but that one style. */
export const SIGN_IN_PROBLEM_CSP = `default-src 'none'; style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

export function signInProblemPage({ detail, hint, code, requestId }: Problem): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Not signed in · Anchorwatch</title><style>${STYLE}</style></head>
<body><main>
<h1>You are not signed in</h1>
<p role="alert">${sentence(detail)}</p>
${hint === undefined ? "" : `<p>${sentence(hint)}</p>`}
<p><a href="/sign-in">Back to signing in</a></p>
<p><small>${escaped(code)}, request ${escaped(requestId)}</small></p>
</main></body>
</html>
`;
}

/** Messages begin small, as parts of lines. */
function sentence(text: string): string {
  const whole = `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
  return escaped(/[.!?]$/.test(whole) ? whole : `${whole}.`);
}

/** What others say stands in messages: none of it may become markup. */
function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
