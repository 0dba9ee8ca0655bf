/** What people call a log: a folder, the address that it is served at, or a place in a bucket. */
import { isAbsolute, resolve } from "node:path";
import { AnchorwatchError } from "../../domain/errors.ts";

/** `name` is for messages. */
export type LogPlace =
  | { readonly kind: "folder"; readonly name: string; readonly path: string }
  /** Ends in a slash. */
  | { readonly kind: "http"; readonly name: string; readonly url: string }
  | { readonly kind: "s3"; readonly name: string; readonly bucket: string; readonly prefix: string };

/**
 * `DIR`, `http(s)://host/path` or `s3://bucket/prefix`.
 * @param workingDirectory absolute; a folder is relative to it
 * @throws AnchorwatchError `ledger_name_invalid`
 */
export function parseLogPlace(text: string, workingDirectory: string): LogPlace {
  const [, scheme] = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text) ?? [];
  switch (scheme?.toLowerCase()) {
    case undefined:
      if (text === "") throw invalid(text, "it is empty");
      return {
        kind: "folder",
        name: text,
        path: isAbsolute(text) ? resolve(text) : resolve(workingDirectory, text),
      };
    case "http":
    case "https":
      return httpPlace(text);
    case "s3":
      return s3Place(text);
    default:
      throw invalid(text, `nobody knows how to read ${scheme}://`);
  }
}

function httpPlace(text: string): LogPlace {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) throw invalid(text, "it is no address");
  // It would stand in every message, and in the logs of whoever is in between.
  if (url.username !== "" || url.password !== "") throw invalid(text, "it holds a user name or password");
  if (url.search !== "" || url.hash !== "") throw invalid(text, "the address ends in a query or a fragment");
  const address = url.href.endsWith("/") ? url.href : `${url.href}/`;
  return { kind: "http", name: address, url: address };
}

function s3Place(text: string): LogPlace {
  const [, bucket = "", prefix = ""] = /^s3:\/\/([^/]*)\/?(.*?)\/?$/i.exec(text) ?? [];
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)) throw invalid(text, "it names no bucket");
  return { kind: "s3", name: `s3://${bucket}${prefix === "" ? "" : `/${prefix}`}`, bucket, prefix };
}

function invalid(text: string, why: string): AnchorwatchError {
  const masked = withoutSecrets(text);
  const shown = JSON.stringify(masked.length > 200 ? `${masked.slice(0, 200)}…` : masked);
  return new AnchorwatchError("ledger_name_invalid", `${shown} does not name a ledger: ${why}`, {
    hint: "Give a folder, https://host/path/ or s3://bucket/prefix.",
  });
}

/** An address without what may be a password or a token in it, also where it is none that can be taken apart. */
export function withoutSecrets(text: string): string {
  return text.replace(/^([a-z][a-z0-9+.-]*:\/\/).*@/is, "$1…@").replace(/([?#]).*$/s, "$1…");
}
