/** A stack that is ready to be read: its state, its code and its rules. */
import type { CompiledRule } from "../compare/ignoreRules.ts";
import { createScrubber } from "../compare/secrets.ts";
import { compileSensitiveRules } from "../compare/sensitivity.ts";
import type { SeeFile } from "../terraform/hcl/index.ts";
import { type StackSecrets, stateSecrets } from "../terraform/read/secrets.ts";
import type { StackCode } from "../terraform/read/stackCode.ts";
import type { LoadedState } from "../terraform/state/index.ts";
import { rulesOf } from "./checkRules.ts";
import { providerBlocksOf } from "./providerBlocks.ts";
import type { StackAccess, StackRequest } from "./stackAccess.ts";
import { type LoadedCode, type OpenedCode, openCode } from "./stackCode.ts";
import { type OpenedStackState, openStackState, type StackState } from "./stackState.ts";

export interface LoadedStack {
  readonly request: StackRequest;
  readonly access: StackAccess;
  readonly stack: StackState;
  /** Absent in the check of a state alone. */
  readonly code: LoadedCode | undefined;
  readonly blocks: Pick<StackCode, "providerBlock">;
  readonly rules: readonly CompiledRule[];
  readonly secrets: StackSecrets;
}

/** Code that was found, and the place where the state lies. */
export interface OpenedStack {
  readonly code: OpenedCode | undefined;
  readonly state: OpenedStackState;
  readonly rules: readonly CompiledRule[];
}

/**
 * @param seen told of every file of the code right before it is read
 * @throws AnchorwatchError `state_*`, `code_*`, `driftignore_invalid` and those of the access
 */
export async function openParts(
  request: StackRequest,
  access: StackAccess,
  seen?: SeeFile,
): Promise<OpenedStack> {
  const rules = await rulesOf(request, access);
  const code = request.withCode ? openCode(request, access, seen) : undefined;
  const { scrub } = createScrubber(access.secrets);
  const state = await openStackState(access, { declared: async () => code?.backend(), scrub });
  return { code, state, rules };
}

export async function loadParts(
  request: StackRequest,
  access: StackAccess,
  opened: OpenedStack,
  { state }: LoadedState,
): Promise<LoadedStack> {
  const stack: StackState = { state, workspace: opened.state.workspace };
  const code = await opened.code?.with(stack);
  return {
    request,
    access,
    stack,
    code,
    blocks: code ?? providerBlocksOf(request, access),
    rules: opened.rules,
    secrets: stateSecrets(state, compileSensitiveRules(request.sensitive), access.secrets),
  };
}
