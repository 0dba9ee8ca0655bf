import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { findTerraform } from "../terraform/command.ts";
import {
  type BackendSettings,
  backendOf,
  loadState,
  type StateFile,
  type StateSource,
} from "../terraform/state/index.ts";
import type { CheckRequest } from "./checkRequest.ts";

export interface StackState {
  readonly state: StateFile;
  readonly workspace: string | undefined;
}

const DEADLINE_MS = 120_000;

interface StateSurroundings {
  /** The backend that the code names, asked for where `terraform init` has left no note of it. */
  readonly declared: () => Promise<BackendSettings | undefined>;
  readonly signal: AbortSignal;
  /** Removes the secrets of the environment; those of the state are not known before it is read. */
  readonly scrub: (text: string) => string;
}

/** @throws AnchorwatchError `state_*` */
export async function stateOf(
  request: CheckRequest,
  { declared, signal, scrub }: StateSurroundings,
): Promise<StackState> {
  const { environment } = request;
  const terraform = findTerraform(environment);
  const { source, workspace } = await sourceOf(request, declared, terraform);
  const state = await loadState(source, { environment, terraform, scrub, deadlineMs: DEADLINE_MS, signal });
  return { state, workspace };
}

async function sourceOf(
  request: CheckRequest,
  declared: () => Promise<BackendSettings | undefined>,
  terraform: string | undefined,
): Promise<{ source: StateSource; workspace: string | undefined }> {
  const { dir, environment, workspace, stateFile } = request;
  if (stateFile !== undefined) return { source: { kind: "file", path: stateFile }, workspace };
  const block = isInitialised(request) ? undefined : await declared();
  return backendOf(dir, { environment, workspace, terraform, declared: block });
}

/** `terraform init` notes the backend, with what was given to it on its command line. */
function isInitialised({ dir, environment }: CheckRequest): boolean {
  return existsSync(resolve(dir, environment["TF_DATA_DIR"] || ".terraform", "terraform.tfstate"));
}
