import {
  type BackendSettings,
  type LoadedState,
  openState,
  type StateFile,
} from "../terraform/state/index.ts";
import type { StackAccess } from "./stackAccess.ts";

export interface StackState {
  readonly state: StateFile;
  readonly workspace: string | undefined;
}

/** Where the state of a stack lies, to be read now and again. */
export interface OpenedStackState {
  readonly workspace: string | undefined;
  /** Asking whether the state moved costs next to nothing. */
  readonly isCheap: boolean;
  /**
   * The very same object as `known` where the state has not moved.
   * @throws AnchorwatchError `state_*`
   */
  load(known: LoadedState | undefined, signal: AbortSignal): Promise<LoadedState>;
  close(): void;
}

const DEADLINE_MS = 120_000;

interface StateSurroundings {
  /** The backend that the code names, asked for where `terraform init` has left no note of it. */
  readonly declared: () => Promise<BackendSettings | undefined>;
  /** Removes the secrets of the environment; those of the state are not known before it is read. */
  readonly scrub: (text: string) => string;
}

/** @throws AnchorwatchError `state_*`, `stack_backend_refused` */
export async function openStackState(
  access: StackAccess,
  { declared, scrub }: StateSurroundings,
): Promise<OpenedStackState> {
  const { source, workspace } = await access.statePlace(declared);
  const { environment, terraform } = access;
  const opened = await openState(source, { environment, terraform, scrub, deadlineMs: DEADLINE_MS });
  return { ...opened, workspace };
}
