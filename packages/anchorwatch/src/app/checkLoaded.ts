/** One check of a stack that was loaded: the providers are opened, everything is read and summed up. */
import type { CheckResult, CheckTrigger, ResourceResult } from "../domain/check.ts";
import type { OpenProvider, ProviderSurroundings } from "../terraform/provider/open.ts";
import type { Marked } from "../terraform/read/marked.ts";
import { lookOutside, type OutsideResource, type OutsideSight } from "../terraform/read/outside.ts";
import { createProviders } from "../terraform/read/providers.ts";
import { readStack, type StackRead, type StackToRead } from "../terraform/read/readStack.ts";
import type { Remembered } from "../terraform/read/remembered.ts";
import type { Targeting } from "../terraform/read/targets.ts";
import type { StateInstance } from "../terraform/state/index.ts";
import { checkResult, identityOf } from "./checkResult.ts";
import { isBlindSpot } from "./exitStatus.ts";
import type { LoadedStack } from "./loadedStack.ts";
import type { Machine } from "./machine.ts";
import { pendingChanges } from "./pendingChanges.ts";

export interface CheckOfLoaded {
  readonly machine: Pick<Machine, "now" | "sleep">;
  readonly open: OpenProvider;
  readonly startedAt: Date;
  readonly trigger: CheckTrigger;
  /** What of the state is told at all; absent: everything. */
  readonly only?: readonly StateInstance[];
  /** What of that is read. */
  readonly isTargeted: Targeting;
  /** Whether to look, too, for what only the code or only the state knows. */
  readonly withPending: boolean;
  readonly onStart: (source: string) => void;
  readonly onResult: (result: ResourceResult) => void;
  /** Drifted places that are remembered. */
  readonly remembered?: Remembered;
  /** Told once, when something is remembered: see {@link Marked}. */
  readonly onMarked?: (marked: ReadonlyMap<string, Marked>) => void;
  /** What is told whatever rules of the code ignore. Absent: nothing. */
  readonly mustTell?: StackToRead["mustTell"];
  /** Told once: all of what differs, see {@link StackRead}. */
  readonly onWholes?: (wholes: StackRead["wholes"]) => void;
  readonly signal: AbortSignal;
}

/** Reads in flight at once: a provider answers 50 as fast as it can, and clouds do not yet throttle. */
const CONCURRENCY = 50;
/** Some reads wait inside the provider: a deleted queue is reported after 20 s. */
const READ_DEADLINE_MS = 90_000;

/** @throws AnchorwatchError `terraform_command_failed`, `terraform_plan_failed` */
export async function checkLoaded(loaded: LoadedStack, check: CheckOfLoaded): Promise<CheckResult> {
  const { request, stack, code, rules, secrets } = loaded;
  const { machine, signal, isTargeted, startedAt, trigger } = check;
  const concurrency = request.concurrency ?? CONCURRENCY;
  const around = surroundingsOf(loaded, concurrency, signal);
  const providers = createProviders(
    loaded.blocks,
    (source, block) => check.open(source, block, around),
    check.onStart,
  );
  try {
    const read = await readStack({
      ...stack,
      ...(check.only === undefined ? {} : { only: check.only }),
      code,
      providers,
      isTargeted,
      rules,
      sensitive: request.sensitive,
      secrets,
      fingerprint: fingerprintOf(loaded),
      ...(check.remembered === undefined ? {} : { remembered: check.remembered }),
      ...(check.mustTell === undefined ? {} : { mustTell: check.mustTell }),
      concurrency,
      deadlineOf: (type) => request.deadlines.get(type) ?? READ_DEADLINE_MS,
      sleep: machine.sleep,
      signal,
      onResult: check.onResult,
    });
    check.onMarked?.(read.marked);
    check.onWholes?.(read.wholes);
    const native = [
      ...read.pending,
      ...(check.withPending ? (code?.pendingResources(stack.state) ?? []) : []),
    ];
    const { pending, warnings: ofPending } = await pendingChanges(request, {
      native,
      isTargeted,
      isCutShort: signal.aborted && read.resources.some(isBlindSpot),
      signal,
      mask: secrets.scrub,
    });
    const warnings = [...(code?.warnings ?? []), ...read.warnings, ...ofPending];
    const about = { startedAt, finishedAt: machine.now(), trigger };
    return checkResult(request, stack, about, { ...read, pending, warnings });
  } finally {
    await providers.close();
  }
}

/** What the state has no more, each found by its id. @throws the reason of the signal */
export async function lookOutsideLoaded(
  lost: readonly OutsideResource[],
  loaded: LoadedStack,
  { machine, open }: Pick<CheckOfLoaded, "open"> & { readonly machine: Pick<Machine, "sleep"> },
  signal: AbortSignal,
): Promise<readonly OutsideSight[]> {
  const { stack, code, request } = loaded;
  const around = surroundingsOf(loaded, request.concurrency ?? CONCURRENCY, signal);
  const providers = createProviders(
    loaded.blocks,
    (source, block) => open(source, block, around),
    () => {},
  );
  const limits = { deadlineMs: READ_DEADLINE_MS, signal, sleep: machine.sleep };
  try {
    const given = { state: stack.state, code, providers, limits };
    return await Promise.all(lost.map((resource) => lookOutside(resource, given)));
  } finally {
    await providers.close();
  }
}

function fingerprintOf({ request, stack: state }: LoadedStack): StackToRead["fingerprint"] {
  const { fingerprint } = request;
  const stack = identityOf(request, state);
  return fingerprint && ((address, path, secret) => fingerprint({ stack, address, path }, secret));
}

/** @param maxInFlight calls to one provider at once */
export function surroundingsOf(
  { access, secrets }: LoadedStack,
  maxInFlight: number,
  signal: AbortSignal,
): ProviderSurroundings {
  return { ...access.provider, maxInFlight, mask: secrets.scrub, keepSecret: secrets.keep, signal };
}
