/** The repositories of the operator's file: each is cloned once for this process, and kept fresh for as long as the file names it. */
import { hash } from "node:crypto";
import { join } from "node:path";
import type { Warning } from "../../domain/errors.ts";
import { noToken } from "./declaringProblems.ts";
import { asWarning } from "./inOurWords.ts";
import { type ClonePlace, takeClonePlace } from "./repositories/clonePlace.ts";
import { keepFresh } from "./repositories/keepFresh.ts";
import { type CheckedOut, openRepository, type Repository } from "./repositories/repository.ts";
import { nameOf } from "./sourceName.ts";
import type { RepositorySource, WatchSettings } from "./watchSettings.ts";

export interface SourcesOptions {
  /** Asked anew each time: the operator's file may change. */
  readonly settings: () => WatchSettings;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly now: () => Date;
  readonly sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  /** From 0 to below 1. */
  readonly random: () => number;
  readonly onWarning: (warning: Warning) => void;
}

const FETCH_DEADLINE_MS = 10 * 60_000;
const LOOK_FOR_NEW_MS = 10_000;

interface Fetching {
  readonly ending: AbortController;
  readonly ended: Promise<void>;
}

export class KeptRepositories {
  readonly #options: SourcesOptions;
  readonly #opened = new Map<string, Promise<Repository>>();
  /** The commit in use of each, and the one before, which a check may still be reading. */
  readonly #checkedOut = new Map<string, readonly CheckedOut[]>();
  /** By the folder that was wanted. */
  readonly #places = new Map<string, ClonePlace>();

  constructor(options: SourcesOptions) {
    this.#options = options;
  }

  /** The files that are to be read now. @throws AnchorwatchError `repository_*` when no commit was ever fetched */
  async current(source: RepositorySource): Promise<CheckedOut> {
    const repository = await this.#open(source);
    const key = nameOf(source);
    const [newest, ...older] = this.#checkedOut.get(key) ?? [];
    if (newest !== undefined && newest.commit === repository.status().commit) return newest;
    const used = repository.use();
    for (const one of older) await one.release();
    this.#checkedOut.set(key, newest === undefined ? [used] : [used, newest]);
    return used;
  }

  /** Until the signal aborts; tells when one has another commit. */
  async run(signal: AbortSignal, onChange: () => Promise<void>): Promise<void> {
    const { settings, sleep } = this.#options;
    const fetching = new Map<string, Fetching>();
    try {
      while (!signal.aborted) {
        // Also those that come with another form of the operator's file, or go with it.
        const sources = settings().stacks.filter((source) => source.kind === "repository");
        const named = new Map(sources.map((source) => [nameOf(source), source]));
        for (const [key, { ending }] of fetching) {
          if (named.has(key)) continue;
          ending.abort();
          fetching.delete(key);
        }
        for (const [key, source] of named) {
          if (!fetching.has(key)) fetching.set(key, this.#begin(source, signal, onChange));
        }
        await sleep(LOOK_FOR_NEW_MS, signal);
      }
    } finally {
      for (const { ending } of fetching.values()) ending.abort();
      await Promise.all([...fetching.values()].map(({ ended }) => ended));
      for (const place of this.#places.values()) place.release();
      this.#places.clear();
    }
  }

  #begin(source: RepositorySource, signal: AbortSignal, onChange: () => Promise<void>): Fetching {
    const ending = new AbortController();
    return { ending, ended: this.#keep(source, AbortSignal.any([signal, ending.signal]), onChange) };
  }

  async #keep(source: RepositorySource, signal: AbortSignal, onChange: () => Promise<void>): Promise<void> {
    const { sleep, onWarning } = this.#options;
    while (!signal.aborted) {
      try {
        return await this.#fetchAgainAndAgain(source, signal, onChange);
      } catch (error) {
        if (signal.aborted) return;
        // One repository must not end the others, nor the program.
        onWarning(asWarning(error));
        await sleep(source.fetchEveryMs, signal);
      }
    }
  }

  async #fetchAgainAndAgain(
    source: RepositorySource,
    signal: AbortSignal,
    onChange: () => Promise<void>,
  ): Promise<void> {
    const { sleep, random, onWarning } = this.#options;
    const repository = await this.#open(source);
    let commit: string | undefined;
    await keepFresh(repository, {
      everyMs: source.fetchEveryMs,
      sleep,
      random,
      signal,
      onFetched: async (status) => {
        if (status.problem !== undefined) onWarning(asWarning(status.problem));
        if (status.commit === undefined || status.commit === commit) return;
        commit = status.commit;
        await onChange();
      },
    });
  }

  #open(source: RepositorySource): Promise<Repository> {
    const key = nameOf(source);
    const known = this.#opened.get(key);
    if (known !== undefined) return known;
    const opened = this.#openAnew(source);
    this.#opened.set(key, opened);
    // What could not be opened is opened anew the next time: git may be there by then.
    opened.catch(() => this.#opened.delete(key));
    return opened;
  }

  async #openAnew(source: RepositorySource): Promise<Repository> {
    const { settings, environment, now, onWarning } = this.#options;
    const { url, ref, folders, tokenVariable } = source;
    const token = tokenVariable === undefined ? undefined : environment[tokenVariable];
    if (tokenVariable !== undefined && token === undefined) onWarning(noToken(url, tokenVariable));
    const name = hash("sha256", nameOf(source)).slice(0, 16);
    const folder = await this.#placeOf(join(settings().workFolder, "repositories", name));
    return await openRepository(
      { url, ref, folders, ...(token === undefined ? {} : { token }) },
      { environment, folder, deadlineMs: FETCH_DEADLINE_MS, now },
    );
  }

  /** Held until the watch ends, also where the repository could not be opened at once. */
  async #placeOf(wanted: string): Promise<string> {
    const known = this.#places.get(wanted);
    if (known !== undefined) return known.folder;
    const place = await takeClonePlace(wanted);
    this.#places.set(wanted, place);
    return place.folder;
  }
}
