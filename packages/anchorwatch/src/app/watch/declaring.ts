/** The stacks of the operator's sources: folders, and repositories that are kept fresh. */

import { hash } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { AnchorwatchError, type Warning } from "../../domain/errors.ts";
import type { WatchedStack } from "../../watch/stack.ts";
import { sweepInterval } from "../configuration/sweepInterval.ts";
import { nameTaken, noToken, onlyDeclared } from "./declaringProblems.ts";
import { type FoundStack, stackIdOf } from "./foundStack.ts";
import { asWarning } from "./inOurWords.ts";
import { keepFresh } from "./repositories/keepFresh.ts";
import { type CheckedOut, openRepository, type Repository } from "./repositories/repository.ts";
import { labelOf, nameOf } from "./sourceName.ts";
import { findStackPlaces, type StackPlace, type StackSearch } from "./stacks/find.ts";
import { specOf } from "./stacks/specOf.ts";
import type { Trust } from "./stacks/trust.ts";
import type { StackSource, WatchSettings } from "./watchSettings.ts";

export interface DeclaringOptions {
  /** Asked anew each time: the operator's file may change. */
  readonly settings: () => WatchSettings;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly now: () => Date;
  readonly sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  /** From 0 to below 1. */
  readonly random: () => number;
  readonly onWarning: (warning: Warning) => void;
}

export interface FoundStacks {
  readonly stacks: readonly FoundStack[];
  /** False: a source could not be asked, and what is missing may be there. */
  readonly isComplete: boolean;
}

export interface Declarations {
  /** What could not be taken is told as a warning; the stacks of a file that is broken stay as they were. */
  find(): Promise<FoundStacks>;
  /** Of a stack that was added by API. @throws AnchorwatchError when it cannot be read so */
  specOf(stack: WatchedStack): Promise<FoundStack>;
  /** Keeps repositories fresh until the signal aborts, and tells when one has another commit. */
  run(signal: AbortSignal, onChange: () => Promise<void>): Promise<void>;
}

type Folder = Extract<StackSource, { kind: "folder" }>;
type RepositorySource = Extract<StackSource, { kind: "repository" }>;

const FETCH_DEADLINE_MS = 10 * 60_000;
const LOOK_FOR_NEW_MS = 10_000;
const MOST_TOLD = 1_000;

export function openDeclarations(options: DeclaringOptions): Declarations {
  return new SourcesOfStacks(options);
}

class SourcesOfStacks implements Declarations {
  readonly #options: DeclaringOptions;
  readonly #searches = new Map<string, StackSearch>();
  readonly #repositories = new Map<string, Promise<Repository>>();
  /** The commit in use of each, and the one before, which a check may still be reading. */
  readonly #checkedOut = new Map<string, readonly CheckedOut[]>();
  readonly #told = new Set<string>();

  constructor(options: DeclaringOptions) {
    this.#options = options;
  }

  async find(): Promise<FoundStacks> {
    const found: FoundStack[] = [];
    const names = new Map<string, string>();
    let isComplete = true;
    for (const source of this.#options.settings().stacks) {
      const ofSource = await this.#findIn(source);
      if (ofSource === undefined) isComplete = false;
      for (const one of ofSource ?? []) {
        const other = names.get(one.stack.name);
        if (other === undefined) found.push(one);
        else this.#warn(nameTaken(one.stack.name, nameOf(source), other));
        names.set(one.stack.name, other ?? nameOf(source));
      }
    }
    return { stacks: found, isComplete };
  }

  async specOf(stack: WatchedStack): Promise<FoundStack> {
    const { origin } = stack;
    if (origin.kind === "repository") throw onlyDeclared(origin.url);
    const search = await findStackPlaces(origin.path, { label: stack.name, isOwn: false });
    const place = search.places.find(({ path }) => path === ".") ?? { name: stack.name, path: "." };
    // Whoever may add stacks is not the operator: the folder is no more trusted than a clone.
    const trust = await this.#untrusted(origin.path, { environment: [] });
    const read = { environment: [] };
    const spec = await specOf(place, { root: origin.path, trust, read, environment: {} });
    const request =
      stack.workspace === undefined ? spec.request : { ...spec.request, workspace: stack.workspace };
    return { stack, spec: { ...spec, request }, delivery: { principals: [] } };
  }

  async run(signal: AbortSignal, onChange: () => Promise<void>): Promise<void> {
    const { settings, sleep } = this.#options;
    const kept = new Map<string, Promise<void>>();
    while (!signal.aborted) {
      for (const source of settings().stacks) {
        const key = nameOf(source);
        // Also those that come with another form of the operator's file.
        if (source.kind === "repository" && !kept.has(key))
          kept.set(key, this.#keep(source, signal, onChange));
      }
      await sleep(LOOK_FOR_NEW_MS, signal);
    }
    await Promise.all(kept.values());
  }

  async #keep(source: RepositorySource, signal: AbortSignal, onChange: () => Promise<void>): Promise<void> {
    const { sleep } = this.#options;
    while (!signal.aborted) {
      try {
        return await this.#fetchAgainAndAgain(source, signal, onChange);
      } catch (error) {
        if (signal.aborted) return;
        // One repository must not end the others, nor the program.
        this.#warn(asWarning(error));
        await sleep(source.fetchEveryMs, signal);
      }
    }
  }

  async #fetchAgainAndAgain(
    source: RepositorySource,
    signal: AbortSignal,
    onChange: () => Promise<void>,
  ): Promise<void> {
    const { sleep, random } = this.#options;
    const repository = await this.#open(source);
    let commit: string | undefined;
    await keepFresh(repository, {
      everyMs: source.fetchEveryMs,
      sleep,
      random,
      signal,
      onFetched: async (status) => {
        if (status.problem !== undefined) this.#warn(asWarning(status.problem));
        if (status.commit === undefined || status.commit === commit) return;
        commit = status.commit;
        await onChange();
      },
    });
  }

  /** Undefined when it could not be asked. */
  async #findIn(source: StackSource): Promise<readonly FoundStack[] | undefined> {
    try {
      return source.kind === "folder"
        ? await this.#findInFolder(source)
        : await this.#findInRepository(source);
    } catch (error) {
      if (!(error instanceof AnchorwatchError)) throw error;
      this.#warn(asWarning(error));
      return undefined;
    }
  }

  async #findInFolder(source: Folder): Promise<readonly FoundStack[]> {
    const { path: root } = source;
    const search = await this.#search(root, root, basename(root), true);
    return await this.#stacksOf(search, source, { root, trust: { kind: "own" } }, (path) => ({
      kind: "folder",
      path: join(root, path),
    }));
  }

  async #findInRepository(source: RepositorySource): Promise<readonly FoundStack[]> {
    const { url, ref, read } = source;
    const { folder: root, commit } = await this.#current(source);
    const search = await this.#search(nameOf(source), root, labelOf(url), false);
    const trust = await this.#untrusted(root, read);
    return await this.#stacksOf(search, source, { root, trust, revision: commit }, (path) => ({
      kind: "repository",
      url,
      ref,
      path,
    }));
  }

  async #search(key: string, root: string, label: string, isOwn: boolean): Promise<StackSearch> {
    const previous = this.#searches.get(key);
    const search = await findStackPlaces(root, {
      label,
      isOwn,
      ...(previous === undefined ? {} : { previous }),
    });
    this.#searches.set(key, search);
    for (const problem of search.problems) this.#warn(problem);
    return search;
  }

  async #stacksOf(
    { places }: StackSearch,
    source: StackSource,
    around: { readonly root: string; readonly trust: Trust; readonly revision?: string },
    originOf: (path: string) => WatchedStack["origin"],
  ): Promise<readonly FoundStack[]> {
    const { environment, now, settings } = this.#options;
    const { read, delivery, sweepEveryMs = settings().sweepEveryMs } = source;
    const found: FoundStack[] = [];
    for (const place of places) {
      try {
        found.push({
          stack: {
            id: stackIdOf(place.name),
            name: place.name,
            engine: "terraform",
            origin: originOf(place.path),
            ...(place.workspace === undefined ? {} : { workspace: place.workspace }),
            declaredBy: "config",
            sweepEveryMs: sweepOf(place, sweepEveryMs),
            addedAt: now(),
          },
          spec: await specOf(place, { ...around, read, environment: this.#withoutTokens(environment) }),
          delivery,
        });
      } catch (error) {
        if (!(error instanceof AnchorwatchError)) throw error;
        this.#warn(asWarning(error));
      }
    }
    return found;
  }

  async #untrusted(root: string, readCredentials: StackSource["read"]): Promise<Trust> {
    const { settings, environment } = this.#options;
    const emptyHome = join(settings().workFolder, "empty-home");
    await mkdir(emptyHome, { recursive: true, mode: 0o700 });
    return {
      kind: "untrusted",
      root,
      environment,
      emptyHome,
      allowedProviders: settings().providers,
      readCredentials,
    };
  }

  async #current(source: RepositorySource): Promise<CheckedOut> {
    const repository = await this.#open(source);
    const key = nameOf(source);
    const [newest, ...older] = this.#checkedOut.get(key) ?? [];
    if (newest !== undefined && newest.commit === repository.status().commit) return newest;
    const used = repository.use();
    for (const one of older) await one.release();
    this.#checkedOut.set(key, newest === undefined ? [used] : [used, newest]);
    return used;
  }

  #open(source: RepositorySource): Promise<Repository> {
    const key = nameOf(source);
    const known = this.#repositories.get(key);
    if (known !== undefined) return known;
    const { settings, environment, now } = this.#options;
    const { url, ref, folders, tokenVariable } = source;
    const token = tokenVariable === undefined ? undefined : environment[tokenVariable];
    if (tokenVariable !== undefined && token === undefined) this.#warn(noToken(url, tokenVariable));
    const folder = join(settings().workFolder, "repositories", hash("sha256", key).slice(0, 16));
    const opened = openRepository(
      { url, ref, folders, ...(token === undefined ? {} : { token }) },
      { environment, folder, deadlineMs: FETCH_DEADLINE_MS, now },
    );
    this.#repositories.set(key, opened);
    // What could not be opened is opened anew the next time: git may be there by then.
    opened.catch(() => this.#repositories.delete(key));
    return opened;
  }

  /** A token for one repository is nothing that providers, or programs of other stacks, have to know. */
  #withoutTokens(environment: DeclaringOptions["environment"]): DeclaringOptions["environment"] {
    const tokens = new Set(
      this.#options
        .settings()
        .stacks.map((source) => (source.kind === "repository" ? source.tokenVariable : undefined)),
    );
    return Object.fromEntries(Object.entries(environment).filter(([name]) => !tokens.has(name)));
  }

  /** The same, at each search, is told once. */
  #warn(warning: Warning): void {
    const text = `${warning.code} ${warning.message}`;
    if (this.#told.has(text)) return;
    // Texts name files and times, and there is no end of these.
    if (this.#told.size >= MOST_TOLD) this.#told.clear();
    this.#told.add(text);
    this.#options.onWarning(warning);
  }
}

function sweepOf({ declaration }: StackPlace, operators: number): number {
  return sweepInterval(operators, declaration?.stack.sweepEveryMs);
}
