/** An address as somebody gave it, before anything is connected to. */
import { AnchorwatchError } from "../domain/errors.ts";
import { allowsPlain, allowsPort, type EgressRules, hostOf, refusalOf, type Target } from "./rules.ts";

export interface AddressProblem {
  readonly code: "egress_invalid" | "egress_refused";
  /** The rest of a sentence that begins with whose address it is. Without the address: it may hold a secret. */
  readonly problem: string;
  readonly hint: string;
}

/** What can be said of an address without asking anybody where it is; undefined: nothing is wrong so far. */
export function addressProblem(text: string, rules: EgressRules): AddressProblem | undefined {
  const parsed = parseTarget(text, rules);
  return "problem" in parsed ? parsed : undefined;
}

/** @throws AnchorwatchError `egress_invalid`, `egress_refused` */
export function targetOf(text: string, rules: EgressRules): { readonly url: URL; readonly target: Target } {
  const parsed = parseTarget(text, rules);
  if (!("problem" in parsed)) return parsed;
  throw new AnchorwatchError(parsed.code, `An address that a request should go to ${parsed.problem}`, {
    hint: parsed.hint,
  });
}

/** @throws AnchorwatchError `egress_refused` */
export function refused(host: string, what: string): AnchorwatchError {
  return new AnchorwatchError("egress_refused", `${host} is ${what}: nothing is sent there`, {
    hint: allowHint(host),
  });
}

type Parsed = { readonly url: URL; readonly target: Target } | AddressProblem;

function parseTarget(text: string, rules: EgressRules): Parsed {
  // Controls and spaces at the ends, tabs and line breaks inside are dropped by URL: two readers could see two hosts.
  const url = /[\s\p{Cc}\p{Cf}\\]/u.test(text) ? null : URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.hostname === "") {
    return invalid("is none", "Expected https://HOST/PATH.");
  }
  if (url.username !== "" || url.password !== "") {
    return invalid("has a user name or a password", "Leave out what stands before the @.");
  }
  const host = hostOf(url);
  const isPlain = url.protocol === "http:";
  const target = { ...host, isPlain, port: url.port === "" ? (isPlain ? 80 : 443) : Number(url.port) };
  return problemOf(url, target, rules) ?? { url, target };
}

function problemOf(url: URL, target: Target, rules: EgressRules): AddressProblem | undefined {
  if (!isName(target)) return invalid("names no host", "Expected https://HOST/PATH.");
  if (target.isPlain && !allowsPlain(target, rules)) {
    return {
      code: "egress_refused",
      problem: "is not on https",
      hint: `Use https, or add http://${url.host} to egress.allow in anchorwatch.server.yaml.`,
    };
  }
  if (!allowsPort(target, rules)) {
    return {
      code: "egress_refused",
      problem: `has the port ${target.port}, which is a service's of its own`,
      hint: allowHint(url.host),
    };
  }
  const what = target.address === undefined ? undefined : refusalOf(target.address, target, rules);
  if (what === undefined) return undefined;
  return { code: "egress_refused", problem: `is ${what}`, hint: allowHint(url.host) };
}

/** What `URL` lets pass and no DNS has: empty labels, labels that are too long. */
function isName({ name, address }: Target): boolean {
  return (
    address !== undefined || (name.length <= 253 && /^[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*$/.test(name))
  );
}

function invalid(problem: string, hint: string): AddressProblem {
  return { code: "egress_invalid", problem, hint };
}

function allowHint(host: string): string {
  return `If it is meant, add ${host} to egress.allow in anchorwatch.server.yaml.`;
}
