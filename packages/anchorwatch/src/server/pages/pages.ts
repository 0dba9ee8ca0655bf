/**
 * The pages that people need before there is anything else: the first run, signing in, confirming a program, their own ways in. Plain HTML
 * with one module each; nothing stands in them that anybody typed.
 */
import { readFileSync } from "node:fs";
import type { FastifyReply } from "fastify";
import type { Api } from "../api.ts";

const FILES = new URL("files/", import.meta.url);

/** Only what lies here: no inline script, no other site's, and nobody may frame it. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

const PAGES = {
  "/setup": "setup.html",
  "/sign-in": "sign-in.html",
  "/device": "device.html",
  "/account": "account.html",
} as const;

const ASSETS = {
  "page.css": "text/css; charset=utf-8",
  "page.js": "text/javascript; charset=utf-8",
  "setup.js": "text/javascript; charset=utf-8",
  "sign-in.js": "text/javascript; charset=utf-8",
  "device.js": "text/javascript; charset=utf-8",
  "account.js": "text/javascript; charset=utf-8",
  "account-chat.js": "text/javascript; charset=utf-8",
  "account-password.js": "text/javascript; charset=utf-8",
  "account-tokens.js": "text/javascript; charset=utf-8",
  "proof.js": "text/javascript; charset=utf-8",
  "anchor.svg": "image/svg+xml",
} as const;

export function addPages(api: Api): void {
  for (const [path, file] of Object.entries(PAGES)) add(api, path, file, "text/html; charset=utf-8");
  for (const [file, type] of Object.entries(ASSETS)) add(api, `/assets/${file}`, file, type);
  api.get("/", { config: { access: "public" }, schema: { hide: true } }, async (_, reply) =>
    reply.redirect("/account", 303),
  );
}

function add(api: Api, path: string, file: string, type: string): void {
  const content = readFileSync(new URL(file, FILES));
  api.get(path, { config: { access: "public" }, schema: { hide: true } }, async (_, reply: FastifyReply) =>
    reply
      .headers({ "content-security-policy": POLICY, "cache-control": "no-cache", "content-type": type })
      .send(content),
  );
}
