import { findTerraform } from "../terraform/command.ts";
import { backendOf, loadState, type StateFile, type StateSource } from "../terraform/state/index.ts";
import type { CheckRequest } from "./checkRequest.ts";

export interface StackState {
  readonly state: StateFile;
  readonly workspace: string | undefined;
}

const DEADLINE_MS = 120_000;

/** @throws AnchorwatchError `state_*` */
export async function stateOf(request: CheckRequest, signal: AbortSignal): Promise<StackState> {
  const { environment } = request;
  const terraform = findTerraform(environment);
  const { source, workspace } = await sourceOf(request, terraform);
  // No secret is known before the state is read; Terraform's own messages about backends hold none.
  const scrub = (text: string) => text;
  const state = await loadState(source, { environment, terraform, scrub, deadlineMs: DEADLINE_MS, signal });
  return { state, workspace };
}

async function sourceOf(
  request: CheckRequest,
  terraform: string | undefined,
): Promise<{ source: StateSource; workspace: string | undefined }> {
  if (request.stateFile !== undefined) {
    return { source: { kind: "file", path: request.stateFile }, workspace: request.workspace };
  }
  return backendOf(request.dir, {
    environment: request.environment,
    workspace: request.workspace,
    terraform,
  });
}
