/** What a person sees where a program gets a problem: one page without scripts. */
import { createHash } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Problem } from "../shapes/problem.ts";

const STYLE = `:root{color-scheme:light dark;font:1rem/1.5 system-ui,sans-serif}
body{display:grid;min-height:100vh;margin:0;place-items:center}
main{max-width:32rem;padding:1.5rem;overflow-wrap:anywhere}
h1{font-size:1.4rem;line-height:1.3}
small{opacity:.7}
a{display:inline-block;margin-top:.5rem}`;

/** Nothing runs or loads but that one style. */
const CSP = `default-src 'none'; style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

export interface ProblemPage {
  /** Of the tab. */
  readonly title: string;
  readonly heading: string;
  readonly link: { readonly path: string; readonly text: string };
}

/** Whether a person asks, with a browser. */
export function wantsPage({ headers: { accept } }: FastifyRequest): boolean {
  return accept?.includes("text/html") === true;
}

/** Headers that are set already stay, but for those of its own. */
export function sendProblemPage(reply: FastifyReply, page: ProblemPage, problem: Problem): FastifyReply {
  reply.code(problem.status).headers({ "content-security-policy": CSP, vary: "accept" });
  return reply.type("text/html; charset=utf-8").send(pageOf(page, problem));
}

function pageOf({ title, heading, link }: ProblemPage, { detail, hint, code, requestId }: Problem): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(title)} · Anchorwatch</title><style>${STYLE}</style></head>
<body><main>
<h1>${escaped(heading)}</h1>
<p role="alert">${sentence(detail)}</p>
${hint === undefined ? "" : `<p>${sentence(hint)}</p>`}
<p><a href="${escaped(link.path)}">${escaped(link.text)}</a></p>
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
