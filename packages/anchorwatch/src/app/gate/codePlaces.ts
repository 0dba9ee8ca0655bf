/** Where the code declares resources, for forges that show a finding at its line. */
import { join, relative, sep } from "node:path";
import { configAddress } from "../../domain/address.ts";
import type { SourceLocation } from "../../domain/check.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import { type DeclaredResource, type LoadOptions, loadModule } from "../../terraform/hcl/index.ts";

export interface CodeFolder {
  /** Absolute: of the root module. */
  readonly dir: string;
  /** Absolute: files are named as seen from here. */
  readonly root: string;
  readonly environment: LoadOptions["environment"];
}

/** Code that is not there, or cannot be read, has no places: a plan can be judged without it. */
export async function codePlaces({
  dir,
  root,
  environment,
}: CodeFolder): Promise<(address: string) => SourceLocation | undefined> {
  const resources = await declared(dir, environment);
  return (address) => {
    const source = resources.get(configAddress(address))?.source;
    if (source === undefined) return undefined;
    const file = relative(root, join(dir, source.file)).split(sep).join("/");
    return file.startsWith("../") ? undefined : { file, line: source.line };
  };
}

async function declared(
  dir: string,
  environment: LoadOptions["environment"],
): Promise<ReadonlyMap<string, DeclaredResource>> {
  try {
    return (await loadModule(dir, { environment })).resources;
  } catch (error) {
    if (error instanceof AnchorwatchError) return new Map();
    throw error;
  }
}
