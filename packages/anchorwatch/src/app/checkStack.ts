/** The use case of a check: state, code and providers joined, read, and summed up. */
import { createScrubber } from "../compare/secrets.ts";
import { compileSensitiveRules } from "../compare/sensitivity.ts";
import { createProviders } from "../terraform/read/providers.ts";
import { readStack, type StackToRead } from "../terraform/read/readStack.ts";
import { type StackSecrets, stateSecrets } from "../terraform/read/secrets.ts";
import { targeting } from "../terraform/read/targets.ts";
import { trackProgress } from "./checkProgress.ts";
import type { CheckObserver, CheckRequest, CheckStack } from "./checkRequest.ts";
import { checkResult, identityOf } from "./checkResult.ts";
import { rulesOf } from "./checkRules.ts";
import { environmentSecrets } from "./environmentSecrets.ts";
import { isBlindSpot } from "./exitStatus.ts";
import { cacheFolderOf, type Machine } from "./machine.ts";
import { pendingChanges } from "./pendingChanges.ts";
import { providerBlocksOf } from "./providerBlocks.ts";
import { openCode } from "./stackCode.ts";
import { type StackState, stateOf } from "./stackState.ts";

/** Reads in flight at once: a provider answers 50 as fast as it can, and clouds do not yet throttle. */
const CONCURRENCY = 50;
/** Some reads wait inside the provider: a deleted queue is reported after 20 s. */
const READ_DEADLINE_MS = 90_000;

export function createCheckStack(machine: Machine): CheckStack {
  return async (request, on) => {
    const startedAt = machine.now();
    const signal = limitedBy(request, on);
    const rules = await rulesOf(request);
    on.progress({ phase: "state", text: "reading the state" });
    const opened = request.withCode ? openCode(request, machine.homeDir) : undefined;
    const known = environmentSecrets(request.environment);
    const { scrub } = createScrubber(known);
    const stack = await stateOf(request, { declared: async () => opened?.backend(), signal, scrub });
    if (opened !== undefined) on.progress({ phase: "code", text: "reading the code" });
    const code = await opened?.with(stack);
    const secrets = stateSecrets(stack.state, compileSensitiveRules(request.sensitive), known);
    const blocks = code ?? providerBlocksOf(request);
    const concurrency = request.concurrency ?? CONCURRENCY;
    const providers = createProviders(
      blocks,
      around(request, machine, concurrency, signal, secrets),
      (source) => on.progress({ phase: "providers", text: `starting ${source}` }),
    );
    const isTargeted = targeting(request.targets, stack.state.instances, stack.state.origin);
    const progress = trackProgress(stack.state, isTargeted, on);
    try {
      const read = await readStack({
        ...stack,
        code,
        providers,
        isTargeted,
        rules,
        sensitive: request.sensitive,
        secrets,
        fingerprint: fingerprintOf(request, stack),
        concurrency,
        deadlineOf: (type) => request.deadlines.get(type) ?? READ_DEADLINE_MS,
        sleep: machine.sleep,
        signal,
        onResult: progress,
      });
      const native = [...read.pending, ...(code?.pendingResources(stack.state) ?? [])];
      const { pending, warnings: ofPending } = await pendingChanges(request, {
        native,
        isTargeted,
        isCutShort: signal.aborted && read.resources.some(isBlindSpot),
        signal,
        mask: secrets.scrub,
      });
      const warnings = [...(code?.warnings ?? []), ...read.warnings, ...ofPending];
      on.signal.throwIfAborted();
      return checkResult(
        request,
        stack,
        { startedAt, finishedAt: machine.now() },
        { ...read, pending, warnings },
      );
    } finally {
      await providers.close();
    }
  };
}

/** Fires when the person gives up or the check's time is up. */
function limitedBy({ timeoutMs }: CheckRequest, on: CheckObserver): AbortSignal {
  return timeoutMs === undefined ? on.signal : AbortSignal.any([on.signal, AbortSignal.timeout(timeoutMs)]);
}

function fingerprintOf(request: CheckRequest, state: StackState): StackToRead["fingerprint"] {
  const { fingerprint } = request;
  const stack = identityOf(request, state);
  return fingerprint && ((address, path, secret) => fingerprint({ stack, address, path }, secret));
}

function around(
  request: CheckRequest,
  machine: Machine,
  maxInFlight: number,
  signal: AbortSignal,
  secrets: StackSecrets,
): Parameters<typeof createProviders>[1] {
  const { environment } = request;
  return {
    dir: request.dir,
    environment,
    homeDir: machine.homeDir,
    platform: machine.platform,
    userId: machine.userId,
    cacheFolder: cacheFolderOf(environment, { homeDir: machine.homeDir, os: machine.platform.os }),
    credentials: { role: request.readRole, profile: request.profile },
    maxInFlight,
    mask: secrets.scrub,
    keepSecret: secrets.keep,
    signal,
  };
}
