/** Reads a stack: every instance gets its verdict, as soon as it is known, and none holds back another. */

import type { Fingerprint } from "../../compare/fingerprints.ts";
import {
  type CompiledRule,
  resourceIgnoredBy,
  rulesFor,
  rulesOfIgnoreChanges,
} from "../../compare/ignoreRules.ts";
import { splitPending } from "../../compare/pending.ts";
import { collectSecrets } from "../../compare/secrets.ts";
import {
  compileSensitiveRules,
  type SensitiveRule,
  type Sensitivity,
  sensitivityOf,
} from "../../compare/sensitivity.ts";
import type { ResourceAddress } from "../../domain/address.ts";
import type { PendingChange, ReadIdentity, Reason, ResourceResult } from "../../domain/check.ts";
import type { Warning } from "../../domain/errors.ts";
import type { Value } from "../../domain/value.ts";
import { shapeOf } from "../provider/shape.ts";
import type { StateInstance } from "../state/instance.ts";
import type { StateFile } from "../state/stateFile.ts";
import { candidatesFor } from "./candidates.ts";
import { isCrash, reasonOf } from "./failure.ts";
import { bySchemaAlone, type Judgement, judge } from "./judge.ts";
import { inLanes } from "./lanes.ts";
import { type Marked, type MarkedCase, markedOf } from "./marked.ts";
import { pendingOf } from "./pendingOf.ts";
import { identitiesOf, type Providers } from "./providers.ts";
import { createReadings, type Readings } from "./readings.ts";
import type { Remembered } from "./remembered.ts";
import { scrubChange, scrubPending, scrubResult } from "./scrub.ts";
import type { StackSecrets } from "./secrets.ts";
import { createSettledMembers } from "./settledMembers.ts";
import type { StackCode } from "./stackCode.ts";
import type { Targeting } from "./targets.ts";
import { type MustTell, told } from "./telling.ts";
import { Wholes, type WholeValues } from "./whole.ts";

export interface StackToRead {
  readonly state: StateFile;
  /** What is told at all; absent: everything in the state. */
  readonly only?: readonly StateInstance[];
  /** Absent in the check of a state alone. */
  readonly code: StackCode | undefined;
  readonly providers: Providers;
  readonly isTargeted: Targeting;
  readonly rules: readonly CompiledRule[];
  readonly sensitive: readonly SensitiveRule[];
  readonly secrets: StackSecrets;
  /** Absent: nobody wants fingerprints of secrets. */
  readonly fingerprint: StackFingerprint | undefined;
  /** Drifted places that are remembered; those of this check are wanted as well. Needs fingerprints. */
  readonly remembered?: Remembered;
  /** What is told although rules of its code say that it is to be ignored. Absent: nothing. */
  readonly mustTell?: MustTell;
  readonly concurrency: number;
  readonly deadlineOf: (type: string) => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Fires when time is up or the person gives up; what was not read by then is `unknown`. */
  readonly signal: AbortSignal;
  readonly onResult: (result: ResourceResult) => void;
}

/** See {@link Fingerprint}; over the resources of a stack. */
type StackFingerprint = (address: ResourceAddress, ...secret: Parameters<Fingerprint>) => string;

export interface StackRead {
  readonly resources: readonly ResourceResult[];
  readonly pending: readonly PendingChange[];
  readonly identities: readonly ReadIdentity[];
  readonly warnings: readonly Warning[];
  /** By address; of what drifts, and of what is remembered. */
  readonly marked: ReadonlyMap<string, Marked>;
  /** By {@link wholeKey}; of what differs, ignored or not. */
  readonly wholes: ReadonlyMap<string, WholeValues>;
}

/** What a replacement left behind has the address of its successor. */
export function wholeKey({ address, deposed }: Pick<ResourceResult, "address" | "deposed">): string {
  return deposed === undefined ? address : `${address} (deposed ${deposed})`;
}

/** Its provider is part of Terraform: nothing of it exists outside the state. */
const BUILT_IN = "terraform.io/builtin/terraform";

export async function readStack(stack: StackToRead): Promise<StackRead> {
  const instances = (stack.only ?? stack.state.instances).filter(({ mode }) => mode === "managed");
  const reading = new StackReading(stack);
  await inLanes(instances, stack.concurrency, stack.signal, (instance) => reading.check(instance, "first"));
  // Whoever was in flight when a provider crashed may be the cause: each alone, so that only the cause fails again.
  await inLanes(reading.suspects, 1, stack.signal, (instance) => reading.check(instance, "alone"));
  for (const instance of instances) reading.giveUp(instance);
  const opened = await stack.providers.opened();
  return {
    // Once more, now that every secret is known: the first results may quote what was learnt after them.
    resources: instances.map((instance) =>
      scrubResult(reading.results.get(instance) as ResourceResult, stack.secrets.scrub),
    ),
    pending: reading.pending.map((pending) => scrubPending(pending, stack.secrets.scrub)),
    marked: reading.marked,
    wholes: reading.wholes,
    identities: identitiesOf(opened),
    warnings: opened.flatMap(({ warnings }) =>
      warnings.map(({ message }) => ({ code: "provider_warning" as const, message })),
    ),
  };
}

class StackReading {
  readonly results = new Map<StateInstance, ResourceResult>();
  readonly pending: PendingChange[] = [];
  readonly suspects: StateInstance[] = [];
  readonly marked = new Map<string, Marked>();
  readonly wholes = new Map<string, WholeValues>();
  readonly #sizes = new Wholes();
  readonly #stack: StackToRead;
  readonly #readings: Readings;
  readonly #settled = createSettledMembers();
  readonly #sensitive;

  constructor(stack: StackToRead) {
    this.#stack = stack;
    this.#sensitive = compileSensitiveRules(stack.sensitive);
    const { signal, sleep } = stack;
    this.#readings = createReadings(
      async ({ provider, type }) => {
        const { reader } = await stack.providers.open(provider);
        // Before the first read, whose failure may quote what the schema calls secret.
        stack.secrets.learn(provider.source, type, shapeOf(reader.schemas.resource(type)));
        return reader;
      },
      ({ type }) => ({ deadlineMs: stack.deadlineOf(type), signal, sleep }),
    );
  }

  async check(instance: StateInstance, attempt: "first" | "alone"): Promise<void> {
    if (instance.provider.source === BUILT_IN) return this.#notChecked(instance, NOTHING_TO_READ);
    if (!this.#stack.isTargeted(instance)) return this.#notChecked(instance, OUT_OF_TARGET);
    try {
      this.#finish(instance, await this.#verdict(instance));
    } catch (error) {
      if (this.#stack.signal.aborted) return;
      if (attempt === "first" && isCrash(error)) {
        this.#readings.forget(instance);
        this.suspects.push(instance);
      } else this.#failed(instance, error);
    }
  }

  /** What no time was left for. */
  giveUp(instance: StateInstance): void {
    if (!this.results.has(instance))
      this.#finish(instance, { ...this.#base(instance), verdict: "unknown", reason: TIME_IS_UP });
  }

  async #verdict(instance: StateInstance): Promise<ResourceResult> {
    const { reader, reading } = await this.#readings.of(instance);
    const members = instance.members();
    const base = this.#base(instance, instance.idAmong(members));
    const shape = shapeOf(reader.schemas.resource(instance.type));
    const declared = this.#stack.code?.resource(instance.configAddress);
    const { signal, sleep, deadlineOf, state } = this.#stack;
    const limits = { deadlineMs: deadlineOf(instance.type), signal, sleep };
    const sensitivity = sensitivityOf(
      { type: instance.type, shape, paths: instance.sensitivePaths },
      this.#sensitive,
    );
    const keepSecret = this.#stack.secrets.keep;
    const outstanding = await pendingOf({
      instance,
      members,
      reader,
      reading,
      limits,
      declared,
      sensitivity,
      settled: this.#settled,
      keepSecret,
    });
    if (reading.kind === "same") {
      if (outstanding !== undefined) this.#outstanding(outstanding.pending);
      await this.#mark({ instance, reader, limits, declared, judged: undefined, changes: [] });
      return { ...base, verdict: "in_sync" };
    }
    const found = await judge({
      instance,
      reader,
      reading,
      limits,
      declared: declared?.declared,
      rules: this.#rulesFor(instance),
      sensitivity,
      fingerprint: this.#fingerprintOf(instance),
      candidates: (recorded, live) => candidatesFor(instance, { recorded, live }, state, this.#readings),
    });
    // A password that somebody changed is a secret of now, wherever else it may stand.
    keepSecret(collectSecrets(found.live, sensitivity));
    const scrub = this.#stack.secrets.scrub;
    const judged = await this.#judgedAgain(base, found, sensitivity);
    const { verdict, reason, live } = judged;
    if (outstanding === undefined || live === null) {
      if (outstanding !== undefined) this.#outstanding(outstanding.pending);
      await this.#mark({ instance, reader, limits, declared, judged, changes: judged.changes });
      const changes = judged.changes.map((change) => scrubChange(change, scrub));
      return { ...base, verdict, ...(reason ? { reason } : {}), changes };
    }
    const split = splitPending({ changes: judged.changes, pending: outstanding.changes, live, shape });
    this.#outstanding({ ...outstanding.pending, alreadyLive: split.alreadyLive });
    await this.#mark({ instance, reader, limits, declared, judged, changes: split.changes });
    const drift = split.changes.filter(({ informational }) => !informational);
    const left =
      drift.length === 0 ? "in_sync" : drift.every(({ ignoredBy }) => ignoredBy) ? "ignored" : verdict;
    const changes = split.changes.map((change) => scrubChange(change, scrub));
    return { ...base, verdict: left, ...(reason ? { reason } : {}), changes };
  }

  /** With what may not be silenced told after all. What differs is kept as a whole, for whoever says why it matters. */
  async #judgedAgain(
    base: Omit<ResourceResult, "verdict">,
    found: Judgement,
    sensitivity: Sensitivity,
  ): Promise<Judgement> {
    const { recorded, live, changes, verdict } = found;
    if (verdict === "in_sync") return found;
    const scrub = this.#stack.secrets.scrub;
    this.wholes.set(wholeKey(base), this.#sizes.of({ recorded, live, changes, sensitivity, scrub }));
    const { mustTell } = this.#stack;
    if (mustTell === undefined) return found;
    return await told(found, (verdict, differing) => {
      // Nothing of it is kept or shown: it is asked about as it is.
      const bySchema = { sensitivity: bySchemaAlone(sensitivity), scrub: (text: string) => text };
      const seen = new Wholes().of({ recorded, live, changes: differing, ...bySchema });
      return mustTell({ ...base, verdict, changes: differing }, seen);
    });
  }

  async #mark(given: Omit<MarkedCase, "known" | "fingerprintAt" | "candidates">): Promise<void> {
    const { remembered, state, fingerprint } = this.#stack;
    const { instance } = given;
    // What a replacement left behind has the address of its successor, whose marks these are.
    if (remembered === undefined || fingerprint === undefined || instance.deposed !== undefined) return;
    const { address, type, id } = instance;
    const known = remembered.of({ address, type, ...(id === undefined ? {} : { id }) });
    if (known.length === 0 && given.changes.length === 0) return;
    const candidates = (recorded: Value, live: Value) =>
      candidatesFor(instance, { recorded, live }, state, this.#readings);
    const fingerprintAt =
      (address: string): Fingerprint =>
      (path, secret) =>
        fingerprint(address as ResourceAddress, path, secret);
    this.marked.set(instance.address, await markedOf({ ...given, known, fingerprintAt, candidates }));
  }

  #fingerprintOf({ address }: StateInstance): Fingerprint | undefined {
    const { fingerprint } = this.#stack;
    return fingerprint && ((path, secret) => fingerprint(address, path, secret));
  }

  #rulesFor(instance: StateInstance): readonly CompiledRule[] {
    const { address, type, id } = instance;
    const declared = this.#stack.code?.resource(instance.configAddress);
    const own = rulesOfIgnoreChanges(declared?.ignoreChanges, declared?.ignoreChangesOrigin);
    return [...own, ...rulesFor({ address, type, ...(id === undefined ? {} : { id }) }, this.#stack.rules)];
  }

  #failed(instance: StateInstance, error: unknown): void {
    const rule = resourceIgnoredBy(this.#rulesFor(instance));
    if (rule !== undefined) {
      this.#notChecked(instance, { code: "rule", message: `left out by ${rule}` });
      return;
    }
    const { type } = instance;
    const attempt = { type, deadlineMs: this.#stack.deadlineOf(type) };
    const reason = reasonOf(error, attempt, this.#stack.secrets.scrub);
    this.#finish(instance, { ...this.#base(instance), verdict: "unknown", reason });
  }

  #notChecked(instance: StateInstance, reason: Reason): void {
    this.#finish(instance, { ...this.#base(instance), verdict: "not_checked", reason });
  }

  #outstanding(pending: PendingChange): void {
    this.pending.push(scrubPending(pending, this.#stack.secrets.scrub));
  }

  #base(instance: StateInstance, id = instance.id): Omit<ResourceResult, "verdict"> {
    const { address, type, deposed } = instance;
    const source = this.#stack.code?.resource(instance.configAddress)?.source;
    return {
      address,
      type,
      provider: instance.provider.source,
      ...(id === undefined ? {} : { id }),
      ...(deposed === undefined ? {} : { deposed }),
      ...(source === undefined ? {} : { source }),
    };
  }

  #finish(instance: StateInstance, result: ResourceResult): void {
    this.results.set(instance, result);
    this.#stack.onResult(result);
  }
}

const NOTHING_TO_READ: Reason = { code: "nothing_to_read", message: "It exists in the state alone." };
const OUT_OF_TARGET: Reason = { code: "out_of_target", message: "No --target names it." };
const TIME_IS_UP: Reason = {
  code: "check_timeout",
  message: "The check's time was up before it was read. Give it more with --timeout.",
};
