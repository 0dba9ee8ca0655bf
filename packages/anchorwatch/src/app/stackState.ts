import {
  type BackendSettings,
  type LoadedState,
  objectKey,
  openState,
  type StateFile,
  type StateSource,
} from "../terraform/state/index.ts";
import type { StackAccess } from "./stackAccess.ts";

export interface StackState {
  readonly state: StateFile;
  readonly workspace: string | undefined;
}

/** Where the state of a stack lies, to be read now and again. */
export interface OpenedStackState {
  readonly workspace: string | undefined;
  /** How audit events may name the place; empty where no trail tells of it. */
  readonly names: readonly string[];
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
  return { ...opened, workspace, names: namesOf(source) };
}

/** Of an object in S3, as data events and notifications do. A bucket alone is named by too much else. */
function namesOf(source: StateSource): readonly string[] {
  if (source.kind !== "s3") return [];
  const place = `${source.bucket}/${objectKey(source)}`;
  return [place, `arn:aws:s3:::${place}`];
}
