import { isAbsolute, join } from "node:path";
import type { Platform } from "tfprovider";

/** What a check needs of the machine it runs on; shells take it from the process. */
export interface Machine {
  /** The user's home folder, absolute. */
  readonly homeDir: string;
  readonly platform: Platform;
  /** Undefined where users have no number, as on Windows. */
  readonly userId: number | undefined;
  readonly now: () => Date;
  /** Resolves after so many milliseconds. */
  readonly sleep: (milliseconds: number) => Promise<void>;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Where hashes and schemas are kept between checks: `ANCHORWATCH_CACHE_DIR`, else the user's own folder for caches.
 * @param os in the words of Node or of provider packages
 * @see https://specifications.freedesktop.org/basedir-spec/latest/
 */
export function cacheFolderOf(
  environment: Environment,
  { homeDir, os }: { homeDir: string; os: string },
): string {
  const chosen = environment["ANCHORWATCH_CACHE_DIR"];
  if (chosen) return chosen;
  if (os === "win32" || os === "windows")
    return join(environment["LOCALAPPDATA"] ?? homeDir, "anchorwatch", "cache");
  if (os === "darwin") return join(homeDir, "Library", "Caches", "anchorwatch");
  const shared = environment["XDG_CACHE_HOME"] ?? "";
  // The specification has a relative path ignored: it would lead into the folder of whatever is checked.
  return join(isAbsolute(shared) ? shared : join(homeDir, ".cache"), "anchorwatch");
}

/**
 * Where the user keeps what must stay, such as evidence: the user's own folder for the state of programs.
 * @param os in the words of Node or of provider packages
 * @see https://specifications.freedesktop.org/basedir-spec/latest/
 */
export function stateFolderOf(
  environment: Environment,
  { homeDir, os }: { homeDir: string; os: string },
): string {
  if (os === "win32" || os === "windows") return join(environment["LOCALAPPDATA"] ?? homeDir, "anchorwatch");
  if (os === "darwin") return join(homeDir, "Library", "Application Support", "anchorwatch");
  const shared = environment["XDG_STATE_HOME"] ?? "";
  return join(isAbsolute(shared) ? shared : join(homeDir, ".local", "state"), "anchorwatch");
}

/**
 * Where the user's programs keep their settings, and who the user is elsewhere.
 * @param os in the words of Node or of provider packages
 * @see https://specifications.freedesktop.org/basedir-spec/latest/
 */
export function configFolderOf(
  environment: Environment,
  { homeDir, os }: { homeDir: string; os: string },
): string {
  if (os === "win32" || os === "windows") return join(environment["APPDATA"] ?? homeDir, "anchorwatch");
  if (os === "darwin") return join(homeDir, "Library", "Application Support", "anchorwatch");
  const shared = environment["XDG_CONFIG_HOME"] ?? "";
  return join(isAbsolute(shared) ? shared : join(homeDir, ".config"), "anchorwatch");
}
