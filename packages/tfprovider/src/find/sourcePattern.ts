import { OPENTOFU_REGISTRY, readSource, type SourceAddress, TERRAFORM_REGISTRY } from "./sourceAddress.ts";

/** A source address in which `*` stands for anything in the place of one part. */
export interface SourcePattern {
  /** Undefined when the pattern names no host: the registry of whichever program reads the file. */
  readonly host: string | undefined;
  readonly namespace: string;
  readonly type: string;
}

/**
 * Such as `hashicorp/aws`, or with `*` in place of the type, of namespace and type, or of all three.
 *
 * @returns undefined when it is no pattern
 */
export function parsePattern(text: string): SourcePattern | undefined {
  const parts = text.toLowerCase().split("/");
  const [type = "", namespace = "hashicorp", host] = parts.toReversed();
  // With something plain in the place of each `*`, a pattern is an address.
  const address = parts.map((part) => (part === "*" ? "x" : part)).join("/");
  return readSource(address) === undefined ? undefined : { host, namespace, type };
}

/** A pattern without a host speaks of Terraform's registry and of OpenTofu's, since either program may own the file. */
export function matches(pattern: SourcePattern, source: SourceAddress): boolean {
  const hosts = pattern.host === undefined ? [TERRAFORM_REGISTRY, OPENTOFU_REGISTRY] : [pattern.host];
  return (
    hosts.some((host) => partMatches(host, source.host)) &&
    partMatches(pattern.namespace, source.namespace) &&
    partMatches(pattern.type, source.type)
  );
}

/** Any of `include`, or no `include` at all, and none of `exclude`. */
export function isServed(
  source: SourceAddress,
  include: readonly SourcePattern[],
  exclude: readonly SourcePattern[],
): boolean {
  const included = include.length === 0 || include.some((pattern) => matches(pattern, source));
  return included && !exclude.some((pattern) => matches(pattern, source));
}

function partMatches(pattern: string, part: string): boolean {
  return pattern === "*" || pattern === part;
}
