/** The stacks of the operator's sources: folders, and repositories that are kept fresh. */

import { mkdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { AnchorwatchError, type Warning } from "../../domain/errors.ts";
import type { WatchedStack } from "../../watch/stack.ts";
import { isInside } from "../configuration/inside.ts";
import { sweepInterval } from "../configuration/sweepInterval.ts";
import { nameTaken, onlyDeclared } from "./declaringProblems.ts";
import { type FoundStack, stackIdOf } from "./foundStack.ts";
import { asWarning } from "./inOurWords.ts";
import { KeptRepositories, type SourcesOptions } from "./keptRepositories.ts";
import { labelOf, nameOf } from "./sourceName.ts";
import { findStackPlaces, type StackPlace, type StackSearch } from "./stacks/find.ts";
import { specOf } from "./stacks/specOf.ts";
import type { Trust } from "./stacks/trust.ts";
import type { RepositorySource, StackSource } from "./watchSettings.ts";

export interface FoundStacks {
  readonly stacks: readonly FoundStack[];
  /** Whether a stack that is missing may be in a source that could not be asked. */
  readonly mayHave: (missing: WatchedStack) => boolean;
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

const MOST_TOLD = 1_000;

export function openDeclarations(options: SourcesOptions): Declarations {
  return new SourcesOfStacks(options);
}

class SourcesOfStacks implements Declarations {
  readonly #options: SourcesOptions;
  readonly #searches = new Map<string, { readonly root: string; readonly search: StackSearch }>();
  readonly #repositories: KeptRepositories;
  readonly #told = new Set<string>();

  constructor(options: SourcesOptions) {
    this.#options = options;
    this.#repositories = new KeptRepositories({ ...options, onWarning: (warning) => this.#warn(warning) });
  }

  async find(): Promise<FoundStacks> {
    const found: FoundStack[] = [];
    const names = new Map<string, string>();
    const unasked: StackSource[] = [];
    for (const source of this.#options.settings().stacks) {
      const ofSource = await this.#findIn(source);
      if (ofSource === undefined) unasked.push(source);
      for (const one of ofSource ?? []) {
        const other = names.get(one.stack.name);
        if (other === undefined) found.push(one);
        else this.#warn(nameTaken(one.stack.name, nameOf(source), other));
        names.set(one.stack.name, other ?? nameOf(source));
      }
    }
    return { stacks: found, mayHave: (missing) => unasked.some((source) => isOf(missing, source)) };
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
    return { stack, spec: { ...spec, request }, delivery: { principals: [] }, ...policyOf(place) };
  }

  run(signal: AbortSignal, onChange: () => Promise<void>): Promise<void> {
    return this.#repositories.run(signal, onChange);
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
    const { folder: root, commit } = await this.#repositories.current(source);
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
    const known = this.#searches.get(key);
    // The files of a commit never change.
    if (known?.root === root && !isOwn) return known.search;
    const previous = known?.search;
    const search = await findStackPlaces(root, {
      label,
      isOwn,
      ...(previous === undefined ? {} : { previous }),
    });
    this.#searches.set(key, { root, search });
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
    const { read, delivery, labels, sweepEveryMs = settings().sweepEveryMs } = source;
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
            ...(labels === undefined ? {} : { labels }),
            declaredBy: "config",
            sweepEveryMs: sweepOf(place, sweepEveryMs),
            addedAt: now(),
          },
          spec: await specOf(place, { ...around, read, environment: this.#withoutTokens(environment) }),
          delivery,
          ...policyOf(place),
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
    const { providerArguments, stateFolders } = readCredentials;
    const emptyHome = join(settings().workFolder, "empty-home");
    await mkdir(emptyHome, { recursive: true, mode: 0o700 });
    return {
      kind: "untrusted",
      root,
      environment,
      emptyHome,
      allowedProviders: settings().providers,
      neverIgnored: settings().neverIgnored ?? [],
      readCredentials,
      ...(providerArguments === undefined ? {} : { providerArguments }),
      ...(stateFolders === undefined ? {} : { stateFolders }),
    };
  }

  /** A token for one repository is nothing that providers, or programs of other stacks, have to know. */
  #withoutTokens(environment: SourcesOptions["environment"]): SourcesOptions["environment"] {
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

function isOf({ origin }: WatchedStack, source: StackSource): boolean {
  if (source.kind === "folder") return origin.kind === "folder" && isInside(origin.path, source.path);
  return origin.kind === "repository" && origin.url === source.url && origin.ref === source.ref;
}

function policyOf({ declaration }: StackPlace): Pick<FoundStack, "policy"> {
  return declaration === undefined ? {} : { policy: declaration.configuration.policy };
}

function sweepOf({ declaration }: StackPlace, operators: number): number {
  return sweepInterval(operators, declaration?.stack.sweepEveryMs);
}
