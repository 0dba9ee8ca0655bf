/** A record that two people may change at once has a version; whoever changes it says which one he read (RFC 9110, section 13). */
import { AnchorwatchError } from "../../domain/errors.ts";

export function tagOf(version: number): string {
  return `"v${version}"`;
}

/**
 * The version that a request means; undefined: any (`*`).
 * @param header If-Match
 * @throws AnchorwatchError `request_condition_missing`; `request_outdated` for a tag that no version has
 */
export function wantedVersion(header: string | undefined): number | undefined {
  if (header === undefined) {
    throw new AnchorwatchError(
      "request_condition_missing",
      "the request does not say which version it changes",
      {
        hint: "Send the ETag of what was read as If-Match; * changes it whatever it is by now.",
      },
    );
  }
  if (header.trim() === "*") return undefined;
  const [, version] = /^"v([0-9]{1,9})"$/.exec(header.trim()) ?? [];
  if (version !== undefined) return Number(version);
  throw new AnchorwatchError("request_outdated", "what was read is not the version that is there now", {
    hint: "Read it again, and send its ETag as If-Match.",
  });
}
