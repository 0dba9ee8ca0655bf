/**
 * A stack whose state and code were read once, and are used again for one look after another as long as neither has moved.
 * A difference counts only where the state is still the one that it was found with: a deployment that has just ended is none.
 */
import { resolve } from "node:path";
import type { CheckResult, CheckTrigger, ResourceResult } from "../../../domain/check.ts";
import type { OpenProvider } from "../../../terraform/provider/open.ts";
import type { Marked } from "../../../terraform/read/marked.ts";
import type { OutsideResource, OutsideSight } from "../../../terraform/read/outside.ts";
import type { Remembered } from "../../../terraform/read/remembered.ts";
import type { MustTell } from "../../../terraform/read/telling.ts";
import type { WholeValues } from "../../../terraform/read/whole.ts";
import { stateClaims } from "../../../terraform/state/claims.ts";
import { type StackIdentifier, stackIdentifiers } from "../../../terraform/state/identifiers.ts";
import type { LoadedState, StateInstance } from "../../../terraform/state/index.ts";
import type { ResourceClaim } from "../../../watch/claim.ts";
import type { KnownResource } from "../../../watch/records.ts";
import type { StateMark } from "../../../watch/stack.ts";
import { checkLoaded, lookOutsideLoaded } from "../../checkLoaded.ts";
import { isDrift } from "../../exitStatus.ts";
import { type LoadedStack, loadParts, type OpenedStack, openParts } from "../../loadedStack.ts";
import type { Machine } from "../../machine.ts";
import type { StackAccess, StackRequest } from "../../stackAccess.ts";
import { openCode } from "../../stackCode.ts";
import { type StackProviders, stackProviders } from "../../stackProviders.ts";
import { accessOf } from "./access.ts";
import { type CodeFiles, createCodeFiles, FIXED_FILES } from "./codeFiles.ts";
import type { Trust } from "./trust.ts";

export interface StackSpec {
  /** Of an untrusted folder `pending` is always `literal`. */
  readonly request: StackRequest;
  readonly trust: Trust;
  /** Commit that the folder holds; the files in it never change then. */
  readonly revision?: string;
}

export interface StackSurroundings {
  readonly machine: Machine;
  /** Where providers come from. */
  readonly open: OpenProvider;
}

export interface Look {
  /** Addresses of resource instances; those that the state does not have (any more) are left out of the result. Absent: all. */
  readonly targets?: readonly string[];
  readonly trigger: CheckTrigger;
  /**
   * Told of each result as soon as it stands: of a difference when the state has been asked whether it moved. Where it did,
   * resources are read again and may be told again; what was told last counts.
   */
  readonly onResult?: (result: ResourceResult) => void;
  /** Marks of the drifts that are open. */
  readonly remembered?: Remembered;
  /** What is told whatever rules of the code ignore. Absent: nothing. */
  readonly mustTell?: MustTell;
  readonly signal: AbortSignal;
}

/** What was compared with what. */
export interface HotCheck extends CheckResult {
  readonly mark: StateMark;
  readonly revision?: string;
  /** By address, of what drifts and of what was remembered; empty when nothing was asked for. */
  readonly marked: ReadonlyMap<string, Marked>;
  /** By `wholeKey`, of what differs. */
  readonly wholes: ReadonlyMap<string, WholeValues>;
}

type MarkedResult = Omit<HotCheck, "mark" | "revision">;

export interface HotStack {
  /** @throws AnchorwatchError when the check cannot be made at all, or its state is gone */
  check(look: Look): Promise<HotCheck>;
  /** Of the state that is held at the moment. */
  readonly mark: StateMark;
  readonly revision: string | undefined;
  /** All that the state has, by what they are called in it. */
  resources(): readonly KnownResource[];
  /** What of it has a name that nothing else in the world has. */
  claims(): readonly ResourceClaim[];
  /** Of resources that the state has no more, in their order. @throws the reason of the signal */
  outside(lost: readonly OutsideResource[], signal: AbortSignal): Promise<readonly OutsideSight[]>;
  /** The provider configurations that it reads with. */
  providers(): StackProviders;
  /** How audit events may name the place of the state; empty where no trail tells of it. */
  readonly stateNames: readonly string[];
  /** By which names events may speak of the resources of the state that is held. Not in any order. */
  identifiers(): Iterable<StackIdentifier>;
  /** False: state or code has moved since they were read, and what is held now is the new one. */
  isCurrent(signal: AbortSignal): Promise<boolean>;
  /** Bytes that it holds, roughly. */
  readonly weight: number;
  close(): void;
}

/** A stack that is deployed again and again is told as it was at the last of so many times. */
const MAX_ATTEMPTS = 3;
/** Of the state's bytes, what is made of them comes on top. */
const WEIGHT_FACTOR = 2;
const LEAST_WEIGHT = 512 * 1024;

/** @throws AnchorwatchError `state_*`, `code_*`, `driftignore_invalid`, `stack_backend_refused` */
export async function openStack(
  spec: StackSpec,
  surroundings: StackSurroundings,
  signal: AbortSignal,
): Promise<HotStack> {
  const request: StackRequest =
    spec.trust.kind === "untrusted" ? { ...spec.request, pending: "literal" } : spec.request;
  const access = accessOf(request, spec.trust, surroundings.machine);
  const place = { request, access, revision: spec.revision };
  return new OpenedHotStack(place, surroundings, await contentOf(place, surroundings, signal));
}

interface Place {
  readonly request: StackRequest;
  readonly access: StackAccess;
  readonly revision: string | undefined;
}

/** What is held. */
interface Content {
  readonly opened: OpenedStack;
  readonly files: CodeFiles;
  readonly state: LoadedState;
  readonly loaded: LoadedStack;
}

class OpenedHotStack implements HotStack {
  readonly #place: Place;
  readonly #surroundings: StackSurroundings;
  #content: Content;
  #isClosed = false;
  /** One after the other: each must see what was there when it was asked for. */
  #refreshing: Promise<unknown> = Promise.resolve();

  constructor(place: Place, surroundings: StackSurroundings, content: Content) {
    this.#place = place;
    this.#surroundings = surroundings;
    this.#content = content;
  }

  get mark(): StateMark {
    return markOf(this.#content.state);
  }

  get revision(): string | undefined {
    return this.#place.revision;
  }

  get stateNames(): readonly string[] {
    return this.#content.opened.state.names;
  }

  get weight(): number {
    return Math.max(LEAST_WEIGHT, this.#content.state.state.bytes.length * WEIGHT_FACTOR);
  }

  identifiers(): Iterable<StackIdentifier> {
    return stackIdentifiers(this.#content.state.state);
  }

  resources(): readonly KnownResource[] {
    return this.#content.state.state.instances.flatMap(({ mode, deposed, address, type, provider, id }) =>
      mode !== "managed" || deposed !== undefined || id === undefined
        ? []
        : [{ address, type, provider: provider.source, id }],
    );
  }

  claims(): readonly ResourceClaim[] {
    return [...stateClaims(this.#content.state.state)];
  }

  async outside(lost: readonly OutsideResource[], signal: AbortSignal): Promise<readonly OutsideSight[]> {
    if (lost.length === 0) return [];
    return await lookOutsideLoaded(lost, this.#content.loaded, this.#surroundings, signal);
  }

  providers(): StackProviders {
    return stackProviders(this.#content.loaded, this.#surroundings.open);
  }

  async isCurrent(signal: AbortSignal): Promise<boolean> {
    const before = this.#content;
    return (await this.#refresh(signal)) === before;
  }

  async check(look: Look): Promise<HotCheck> {
    const startedAt = this.#surroundings.machine.now();
    if (look.targets === undefined) await this.#refresh(look.signal);
    for (let attempt = 1; ; attempt += 1) {
      const content = this.#content;
      const held = holdDifferences(look);
      const [result, beside] = await this.#readBeside(content, look, startedAt, held.onResult);
      // Asked after the reads were made, not before: what they saw may be what a deployment did meanwhile.
      const now = beside === content && hasDifference(result) ? await this.#refresh(look.signal) : beside;
      if (now !== content && attempt < MAX_ATTEMPTS) continue;
      held.release();
      const { revision } = this.#place;
      return {
        ...result,
        mark: markOf(content.state),
        ...(revision === undefined ? {} : { revision }),
      };
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#content.opened.state.close();
  }

  /** Reads, and asks at the same time whether the state moved since the last look, where that costs nothing. */
  async #readBeside(
    content: Content,
    look: Look,
    startedAt: Date,
    onResult: (result: ResourceResult) => void,
  ): Promise<readonly [MarkedResult, Content]> {
    const failed = new AbortController();
    const signal = AbortSignal.any([look.signal, failed.signal]);
    const isDue = look.targets !== undefined && content.opened.state.isCheap;
    try {
      return await Promise.all([
        this.#read(content, look, startedAt, onResult, signal),
        isDue ? this.#refresh(signal) : content,
      ]);
    } catch (error) {
      failed.abort();
      throw error;
    }
  }

  async #read(
    { loaded }: Content,
    { targets, trigger, remembered, mustTell }: Look,
    startedAt: Date,
    onResult: (result: ResourceResult) => void,
    signal: AbortSignal,
  ): Promise<MarkedResult> {
    let marked: HotCheck["marked"] = new Map();
    let wholes: HotCheck["wholes"] = new Map();
    const only = targets === undefined ? undefined : instancesAt(loaded, targets);
    const result = await checkLoaded(loaded, {
      ...this.#surroundings,
      startedAt,
      trigger,
      ...(only === undefined ? {} : { only }),
      isTargeted: () => true,
      withPending: only === undefined,
      onStart: () => {},
      onResult,
      ...(remembered === undefined ? {} : { remembered }),
      onMarked: (found) => {
        marked = found;
      },
      ...(mustTell === undefined ? {} : { mustTell }),
      onWholes: (found) => {
        wholes = found;
      },
      signal,
    });
    signal.throwIfAborted();
    return { ...result, marked, wholes };
  }

  #refresh(signal: AbortSignal): Promise<Content> {
    const refreshed = this.#refreshing.then(async () => {
      const content = await this.#refreshed(this.#content, signal);
      if (content.opened.state !== this.#content.opened.state) this.#content.opened.state.close();
      if (this.#isClosed) content.opened.state.close();
      this.#content = content;
      return content;
    });
    // The next one begins all the same.
    this.#refreshing = refreshed.catch(() => undefined);
    return refreshed;
  }

  async #refreshed(content: Content, signal: AbortSignal): Promise<Content> {
    const { request, access } = this.#place;
    if (!content.files.isUnchanged()) return await contentOf(this.#place, this.#surroundings, signal);
    const state = await content.opened.state.load(content.state, signal);
    if (state === content.state) return content;
    // Code may use values of the state, so it is evaluated anew.
    const files = filesOf(this.#place, this.#surroundings);
    const code = content.opened.code && openCode(request, access, files.see);
    const opened = { ...content.opened, code };
    return { opened, files, state, loaded: await loadParts(request, access, opened, state) };
  }
}

async function contentOf(
  place: Place,
  surroundings: StackSurroundings,
  signal: AbortSignal,
): Promise<Content> {
  const { request, access } = place;
  const files = filesOf(place, surroundings);
  const opened = await openParts(request, access, files.see);
  try {
    const state = await opened.state.load(undefined, signal);
    return { opened, files, state, loaded: await loadParts(request, access, opened, state) };
  } catch (error) {
    opened.state.close();
    throw error;
  }
}

function filesOf({ request, revision }: Place, { machine }: StackSurroundings): CodeFiles {
  if (revision !== undefined) return FIXED_FILES;
  const files = createCodeFiles(() => machine.now().getTime());
  // What decides where the state lies, beside the code itself.
  const dataDir = resolve(request.dir, request.environment["TF_DATA_DIR"] || ".terraform");
  for (const name of ["terraform.tfstate", "environment"]) files.see(resolve(dataDir, name), "file");
  for (const path of request.ignoreFiles) files.see(path, "file");
  return files;
}

function instancesAt({ stack }: LoadedStack, targets: readonly string[]): readonly StateInstance[] {
  const wanted = new Set(targets);
  return stack.state.instances.filter(({ address }) => wanted.has(address));
}

function markOf({ state, digest }: LoadedState): StateMark {
  return { lineage: state.lineage ?? "", serial: state.serial, digest };
}

/** Something that a newer state could explain. */
function hasDifference({ resources, pending }: CheckResult): boolean {
  return (
    pending.length > 0 || resources.some((resource) => isDrift(resource) || resource.verdict === "ignored")
  );
}

/** Of a look all is told in the end; of a sweep only what a newer state could explain waits for it. */
function holdDifferences({ targets, onResult = () => {} }: Look) {
  const held: ResourceResult[] = [];
  return {
    onResult(result: ResourceResult): void {
      if (targets === undefined && !isDrift(result)) onResult(result);
      else held.push(result);
    },
    release(): void {
      for (const result of held) onResult(result);
    },
  };
}
