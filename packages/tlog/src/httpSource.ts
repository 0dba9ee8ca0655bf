/** A log that is served over HTTP, as C2SP tlog-tiles says. */

import { TlogError } from "./errors.ts";
import { checkAddress, type HttpOptions, request } from "./http.ts";
import { checkLogPath, type LogSource, MAX_FILE_BYTES, type ReadOptions, tooLarge } from "./source.ts";

/**
 * The log at an address, `https://example.com/log`. Reads reject with `source_failed`, `source_refused`, `source_too_large` or
 * `source_path_refused`; throws `source_address_invalid`.
 */
export function httpSource(address: string, options: HttpOptions = {}): LogSource {
  const name = checkAddress(address);
  return {
    name,
    async read(path: string, { maxBytes = MAX_FILE_BYTES, signal }: ReadOptions = {}) {
      const { status, body } = await request(
        {
          url: `${name}/${checkLogPath(path)}`,
          method: "GET",
          maxBytes,
          redirect: "follow",
          // All else never changes.
          fresh: path === "checkpoint",
          ...(signal === undefined ? {} : { signal }),
        },
        options,
      );
      if (status === 404 || status === 410) return undefined;
      if (status !== 200) {
        throw new TlogError("source_refused", `${name} answered ${status} when asked for ${path}`, {
          location: { path },
        });
      }
      if (body === undefined) throw tooLarge(name, path, maxBytes);
      return body;
    },
  };
}
