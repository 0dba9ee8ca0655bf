import { join, resolve } from "node:path";
import type { FileSource } from "../source/source.ts";
import type { Settings } from "./settings.ts";

/** @see https://developer.hashicorp.com/terraform/language/backend/local */
export function localSource(dir: string, settings: Settings, workspace: string): FileSource {
  if (workspace === "default") {
    return { kind: "file", path: resolve(dir, settings.text("path") ?? "terraform.tfstate") };
  }
  const folder = settings.text("workspace_dir") ?? "terraform.tfstate.d";
  return { kind: "file", path: join(resolve(dir, folder), workspace, "terraform.tfstate") };
}
