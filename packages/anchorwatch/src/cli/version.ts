import { readFileSync } from "node:fs";
import { AnchorwatchError } from "../domain/errors.ts";

/** Version of the package that this file belongs to, in the repository as in an installed package. */
export function packageVersion(): string {
  // Sources lie in src/cli, what is published in dist/cli or cli.
  for (const place of ["../../package.json", "../package.json"]) {
    const manifest = readManifest(new URL(place, import.meta.url));
    if (manifest?.name === "anchorwatch" && typeof manifest.version === "string") return manifest.version;
  }
  throw new AnchorwatchError("internal", "the package.json of anchorwatch is missing", {
    hint: "The installation is incomplete: install anchorwatch again.",
  });
}

function readManifest(url: URL): { readonly name?: unknown; readonly version?: unknown } | undefined {
  try {
    return JSON.parse(readFileSync(url, "utf8")) as { name?: unknown; version?: unknown };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
