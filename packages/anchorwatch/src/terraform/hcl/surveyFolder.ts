/** What a folder of code is, as far as that can be told without evaluating anything. */
import { realpathSync } from "node:fs";
import { resolve } from "node:path";
import { loadHclParser } from "tfprovider/hcl";
import { flavourOf, readConfigFiles } from "./modules/configFiles.ts";
import { isLocalSource } from "./modules/moduleFolders.ts";
import { mergeOverrides } from "./modules/overrides.ts";
import { readModule } from "./modules/readModule.ts";

export interface FolderSurvey {
  /** It says where its state lies: only a root module does. */
  readonly hasBackend: boolean;
  /** Folders of the local modules that it calls, absolute. */
  readonly modules: readonly string[];
}

/** @param boundary links must not lead out of it, links resolved */
export async function surveyFolder(folder: string, boundary: string): Promise<FolderSurvey> {
  const parser = await loadHclParser();
  const real = realpathSync(folder);
  const files = readConfigFiles(
    { folder: real, shown: "", flavour: flavourOf(real), readable: [boundary] },
    parser,
  );
  const { blocks } = mergeOverrides(files.primary, files.overrides);
  const place = { path: [], folder: real, shown: "." };
  const { backend, cloud, calls } = readModule(place, blocks, {
    parser,
    defaultHost: "registry.terraform.io",
  });
  const modules = [...calls.values()].flatMap(({ source }) =>
    source !== undefined && isLocalSource(source) ? [resolve(real, source.replaceAll("\\", "/"))] : [],
  );
  return { hasBackend: backend !== undefined || cloud !== undefined, modules };
}
