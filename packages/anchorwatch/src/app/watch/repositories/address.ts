/** Addresses and refs of repositories, as the operator's file has them. */
import { isAbsolute } from "node:path";
import { AnchorwatchError } from "../../../domain/errors.ts";

/** What git's own helpers are called: no other is ever started. */
export type Transport = "https" | "http" | "ssh" | "file";

export interface RepositoryAddress {
  readonly url: string;
  readonly transport: Transport;
  /** `https://host:port`, where a token may be sent; undefined for what takes none. */
  readonly origin: string | undefined;
  /** User named in the address. */
  readonly user: string | undefined;
}

const SCP = /^(?:[A-Za-z0-9._-]+@)?[A-Za-z0-9][A-Za-z0-9.-]*:(?!\/\/)[^:].*$/;
const REF = /^[A-Za-z0-9_][A-Za-z0-9._/@+-]*$/;

const LOOPBACK: ReadonlySet<string> = new Set(["127.0.0.1", "[::1]", "localhost"]);

/** @throws AnchorwatchError `repository_address_invalid` */
export function parseAddress(url: string): RepositoryAddress {
  if (url.startsWith("-") || /[\0\r\n]/.test(url)) throw invalid("holds what no address has");
  if (isAbsolute(url)) return { url, transport: "file", origin: undefined, user: undefined };
  const parsed = URL.parse(url);
  if (parsed === null || !url.includes("://")) {
    if (SCP.test(url)) return { url, transport: "ssh", origin: undefined, user: undefined };
    throw invalid(`is none: ${JSON.stringify(url.slice(0, 100))}`);
  }
  if (parsed.password !== "") throw invalid(`${parsed.host}${parsed.pathname} holds a password`);
  const user = parsed.username === "" ? undefined : decodeURIComponent(parsed.username);
  switch (parsed.protocol) {
    case "https:":
      return { url, transport: "https", origin: parsed.origin, user };
    case "http:":
      return { url, transport: "http", origin: parsed.origin, user };
    case "ssh:":
      return { url, transport: "ssh", origin: undefined, user };
    case "file:":
      return { url, transport: "file", origin: undefined, user };
    default:
      throw invalid(`begins with ${parsed.protocol}, which is not used`);
  }
}

/**
 * A token goes over an encrypted connection, or to this machine.
 * @throws AnchorwatchError `repository_address_invalid`
 */
export function refuseOpenToken({ url, transport }: RepositoryAddress, token: string | undefined): void {
  if (token === undefined || transport === "https") return;
  const host = URL.parse(url)?.hostname ?? "";
  if (transport === "http" && LOOPBACK.has(host)) return;
  throw invalid(`takes no token: ${url} is not reached by https`);
}

/** A branch, a tag or a commit. @throws AnchorwatchError `repository_ref_invalid` */
export function checkedRef(ref: string): string {
  if (REF.test(ref) && !/\.\.|\/\/|@\{|\.lock$|\.$|\/$/.test(ref) && ref.length <= 250) return ref;
  throw new AnchorwatchError(
    "repository_ref_invalid",
    `${JSON.stringify(ref.slice(0, 100))} names no branch, tag or commit`,
    {
      hint: "Give the name of a branch or tag, such as main, or the 40 digits of a commit.",
    },
  );
}

/** A folder inside a repository, with forward slashes. @throws AnchorwatchError `repository_folder_invalid` */
export function checkedFolder(folder: string): string {
  const parts = folder.replace(/\/+$/, "").split("/");
  const isPlain = parts.every((part) => part !== "" && part !== "." && part !== ".." && part !== ".git");
  if (isPlain && !/[\0\r\n*?[\]\\!#"]/.test(folder)) return parts.join("/");
  throw new AnchorwatchError(
    "repository_folder_invalid",
    `${JSON.stringify(folder.slice(0, 100))} is no folder of a repository`,
    { hint: "Give a path from the repository's root, such as infra/network, without patterns." },
  );
}

function invalid(why: string): AnchorwatchError {
  return new AnchorwatchError("repository_address_invalid", `the address of a repository ${why}`, {
    hint: "Give https://…, ssh://…, git@host:path, or a path. A token for https goes into an environment variable, not into the address.",
  });
}
