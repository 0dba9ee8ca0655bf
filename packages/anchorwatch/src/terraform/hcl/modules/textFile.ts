import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { messageOf, type Warning } from "../../../domain/errors.ts";

/** Far beyond any file that a person or a generator writes. */
const MAX_SIZE = 8 * 1024 * 1024;

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The text of a configuration file, or why there is none. `file` names it in messages. */
export function readTextFile(path: string, file: string): string | Warning {
  try {
    const bytes = readRegular(path);
    if (typeof bytes === "string")
      return { code: "code_too_large", message: `${file} ${bytes}`, location: { file } };
    return UTF8.decode(bytes);
  } catch (cause) {
    const why = cause instanceof TypeError ? "it is not UTF-8 text" : messageOf(cause);
    return {
      code: "code_unreadable",
      message: `${file} cannot be read: ${why}`,
      hint: "Make it readable UTF-8 text.",
      location: { file },
    };
  }
}

/** Looked at after it was opened, so that what is checked is what is read; a pipe must not block. */
function readRegular(path: string): Buffer | string {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const status = fstatSync(descriptor);
    if (!status.isFile()) return "is not a regular file";
    if (status.size > MAX_SIZE) return `is larger than ${MAX_SIZE / 1024 / 1024} MB and was not read`;
    return readFileSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
