import { ProviderError } from "../errors.ts";

/** A provider's version, `5.100.0` or `1.0.0-beta.2`, in its parts. `text` is as it was written. */
export interface Version {
  readonly text: string;
  /** Major, minor, patch: digits without leading zeros, of any length. */
  readonly release: readonly [string, string, string];
  /** `beta.2` as `["beta", "2"]`; empty for a release. */
  readonly prerelease: readonly string[];
}

const NUMBER = "(0|[1-9][0-9]*)";
const NAMES = "([0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)";
const VERSION = new RegExp(`^${NUMBER}\\.${NUMBER}\\.${NUMBER}(?:-${NAMES})?(?:\\+${NAMES})?$`);

/** @returns undefined when the text is no version: a folder of another name, say. */
export function readVersion(text: string): Version | undefined {
  const match = VERSION.exec(text);
  if (match === null) return undefined;
  const [, major = "", minor = "", patch = "", prerelease] = match;
  return { text, release: [major, minor, patch], prerelease: prerelease?.split(".") ?? [] };
}

/**
 * Versions come from repositories and become folder names: nothing but a semantic version passes.
 *
 * @throws ProviderError `find_version_invalid`
 */
export function parseVersion(text: string): Version {
  const version = readVersion(text);
  if (version !== undefined) return version;
  throw new ProviderError("find_version_invalid", `${JSON.stringify(text)} is no version of a provider`, {
    hint: "Expected three numbers, such as 5.100.0, perhaps with a pre-release such as 5.100.0-beta1.",
  });
}

/**
 * Precedence of semantic versions: negative when `a` is older, 0 when neither is; build metadata does not count.
 *
 * @see https://semver.org/#spec-item-11
 */
export function compareVersions(a: Version, b: Version): number {
  for (let index = 0; index < 3; index += 1) {
    const order = compareNumbers(a.release[index] ?? "0", b.release[index] ?? "0");
    if (order !== 0) return order;
  }
  return comparePrereleases(a.prerelease, b.prerelease);
}

/** Numbers as text have any length; the longer one is the greater. */
function compareNumbers(a: string, b: string): number {
  return a.length - b.length || compareTexts(a, b);
}

function comparePrereleases(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return b.length - a.length;
  for (const [index, name] of a.entries()) {
    const other = b[index];
    if (other === undefined) return 1;
    const order = compareNames(name, other);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function compareNames(a: string, b: string): number {
  const [aNumber, bNumber] = [/^[0-9]+$/.test(a), /^[0-9]+$/.test(b)];
  if (aNumber && bNumber) return compareNumbers(a.replace(/^0+(?=.)/, ""), b.replace(/^0+(?=.)/, ""));
  if (aNumber !== bNumber) return aNumber ? -1 : 1;
  return compareTexts(a, b);
}

function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
