import { closeSync, constants, fstatSync, openSync, readFileSync, realpathSync } from "node:fs";
import { messageOf, type Warning } from "../../../domain/errors.ts";
import { isInside } from "../functions/fileAccess.ts";

/** Far beyond any file that a person or a generator writes. */
const MAX_SIZE = 8 * 1024 * 1024;

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The text of a configuration file, or why there is none. `file` names it in messages. */
export function readTextFile(path: string, file: string): string | Warning {
  try {
    const bytes = readRegular(path);
    if (bytes === "irregular") return unreadable(file, "it is not a regular file");
    return bytes === "large" ? tooLarge(file) : UTF8.decode(bytes);
  } catch (cause) {
    return unreadable(file, cause instanceof TypeError ? "it is not UTF-8 text" : messageOf(cause));
  }
}

/**
 * The same for a file that the repository brings. A link in it could point to anything on the machine, whose text would
 * end up in a message or a provider's configuration: what it leads to must lie in one of these folders.
 */
export function readRepositoryFile(folders: readonly string[], path: string, file: string): string | Warning {
  try {
    const target = realpathSync(path);
    return folders.some((folder) => isInside(folder, target)) ? readTextFile(target, file) : outside(file);
  } catch (cause) {
    return unreadable(file, messageOf(cause));
  }
}

function unreadable(file: string, why: string): Warning {
  return {
    code: "code_unreadable",
    message: `${file} cannot be read: ${why}`,
    hint: "Make it readable UTF-8 text.",
    location: { file },
  };
}

function outside(file: string): Warning {
  return {
    code: "code_unreadable",
    message: `${file} is a link that leads out of the repository, and was not read`,
    hint: "Replace the link by the file itself. A file of variables can be given with --var-file as well.",
    location: { file },
  };
}

function tooLarge(file: string): Warning {
  return {
    code: "code_too_large",
    message: `${file} is larger than ${MAX_SIZE / 1024 / 1024} MB and was not read`,
    hint: "Split it into smaller files.",
    location: { file },
  };
}

/** Looked at after it was opened, so that what is checked is what is read; a pipe must not block. */
function readRegular(path: string): Buffer | "irregular" | "large" {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const status = fstatSync(descriptor);
    if (!status.isFile()) return "irregular";
    return status.size > MAX_SIZE ? "large" : readFileSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
