/** A watched repository: the files of one commit are in use until those of a newer one are complete. */
import { existsSync } from "node:fs";
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AnchorwatchError } from "../../../domain/errors.ts";
import { Clone, type CloneSurroundings, type RemoteRef, type RepositorySettings } from "./clone.ts";

export interface RepositorySurroundings extends CloneSurroundings {
  readonly now: () => Date;
}

export interface RepositoryStatus {
  /** The commit that is in use; absent: none was ever fetched. */
  readonly commit?: string;
  /** When the server last said that this is it. */
  readonly confirmedAt?: Date;
  /** Why it is not known to be the latest. */
  readonly problem?: AnchorwatchError;
}

/** The files of a commit, which stay as they are until it is given back. */
export interface CheckedOut {
  readonly commit: string;
  /** Absolute. There is no `.git` in it. */
  readonly folder: string;
  release(): Promise<void>;
}

export interface Repository {
  readonly url: string;
  /**
   * Asks the server, and fetches what is new. Who asks while that is under way gets the same answer.
   * @throws only what the signal was fired with; anything else is the status's `problem`, and the old commit stays in use
   */
  refresh(signal: AbortSignal): Promise<RepositoryStatus>;
  /** @throws AnchorwatchError `repository_*` when no commit was ever fetched */
  use(): CheckedOut;
  status(): RepositoryStatus;
}

/** What was in use when the process last ended. */
interface Kept {
  readonly url: string;
  readonly ref: string;
  readonly remote: RemoteRef;
  readonly commit: string;
  readonly confirmedAt: string;
}

interface Current {
  readonly remote: RemoteRef;
  readonly commit: string;
  readonly confirmedAt: Date;
}

/** @throws AnchorwatchError `repository_address_invalid`, `repository_ref_invalid`, `repository_folder_invalid`, `repository_git_missing` */
export async function openRepository(
  settings: RepositorySettings,
  surroundings: RepositorySurroundings,
): Promise<Repository> {
  const clone = new Clone(settings, surroundings);
  return new WatchedRepository(
    clone,
    settings,
    surroundings,
    await keptBefore(clone, settings, surroundings),
  );
}

class WatchedRepository implements Repository {
  readonly url: string;
  readonly #clone: Clone;
  readonly #settings: RepositorySettings;
  readonly #around: RepositorySurroundings;
  /** How many use the files of a folder. */
  readonly #users = new Map<string, number>();
  #current: Current | undefined;
  #problem: AnchorwatchError | undefined;
  #refreshing: Promise<RepositoryStatus> | undefined;
  #turns: Promise<unknown> = Promise.resolve();

  constructor(
    clone: Clone,
    settings: RepositorySettings,
    around: RepositorySurroundings,
    current: Current | undefined,
  ) {
    this.#clone = clone;
    this.#settings = settings;
    this.#around = around;
    this.#current = current;
    this.url = settings.url;
  }

  refresh(signal: AbortSignal): Promise<RepositoryStatus> {
    this.#refreshing ??= this.#inTurn(() => this.#refresh(signal)).finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  use(): CheckedOut {
    const current = this.#current;
    if (current === undefined) throw this.#problem ?? neverFetched(this.url);
    const folder = this.#clone.folderOf(current.commit);
    this.#users.set(folder, (this.#users.get(folder) ?? 0) + 1);
    let isReleased = false;
    return {
      commit: current.commit,
      folder,
      release: async () => {
        if (isReleased) return;
        isReleased = true;
        const left = (this.#users.get(folder) ?? 1) - 1;
        if (left > 0) this.#users.set(folder, left);
        else this.#users.delete(folder);
        if (left <= 0) await this.#inTurn(() => this.#clean());
      },
    };
  }

  status(): RepositoryStatus {
    return {
      ...(this.#current === undefined
        ? {}
        : { commit: this.#current.commit, confirmedAt: this.#current.confirmedAt }),
      ...(this.#problem === undefined ? {} : { problem: this.#problem }),
    };
  }

  async #refresh(signal: AbortSignal): Promise<RepositoryStatus> {
    try {
      const remote = await this.#clone.ask(signal);
      const confirmedAt = this.#around.now();
      const known = this.#known(remote);
      const commit = known ?? (await this.#clone.fetch(remote, signal));
      await this.#clone.checkOut(commit, signal);
      this.#current = { remote, commit, confirmedAt };
      this.#problem = undefined;
      await keep(this.#settings, this.#around, this.#current);
      await this.#clean();
      if (known === undefined) await this.#clone.shedOldObjects();
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof AnchorwatchError)) throw error;
      this.#problem = error;
    }
    return this.status();
  }

  /** The commit that the ref has pointed to already, where its files are there. */
  #known({ object, name }: RemoteRef): string | undefined {
    const current = this.#current;
    if (current?.remote.object !== object || current.remote.name !== name) return undefined;
    return existsSync(this.#clone.folderOf(current.commit)) ? current.commit : undefined;
  }

  /** Nothing that somebody uses, and not what will be used next. */
  async #clean(): Promise<void> {
    if (this.#current === undefined) return;
    const next = this.#clone.folderOf(this.#current.commit);
    await this.#clone.removeAllBut(new Set([...this.#users.keys(), next]));
  }

  /** What makes files and what removes them take turns. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turns.then(work);
    this.#turns = done.catch(() => undefined);
    return done;
  }
}

const KEPT = "current.json";

async function keep(
  { url, ref }: RepositorySettings,
  { folder }: RepositorySurroundings,
  { remote, commit, confirmedAt }: Current,
): Promise<void> {
  const kept: Kept = { url, ref, remote, commit, confirmedAt: confirmedAt.toISOString() };
  const file = join(folder, KEPT);
  await writeFile(`${file}.new`, JSON.stringify(kept), { mode: 0o600 });
  await rename(`${file}.new`, file);
}

/** What was in use before, where it is still the same repository and its files are there. */
async function keptBefore(
  clone: Clone,
  { url, ref }: RepositorySettings,
  { folder }: RepositorySurroundings,
): Promise<Current | undefined> {
  const text = await readFile(join(folder, KEPT), "utf8").catch(() => undefined);
  const kept = text === undefined ? undefined : parsed(text);
  if (kept === undefined || kept.url !== url || kept.ref !== ref) return undefined;
  if (!existsSync(clone.folderOf(kept.commit))) return undefined;
  return { remote: kept.remote, commit: kept.commit, confirmedAt: new Date(kept.confirmedAt) };
}

/** Our own file; one that was damaged is written anew after the next fetch. */
function parsed(text: string): Kept | undefined {
  try {
    return JSON.parse(text) as Kept;
  } catch {
    return undefined;
  }
}

function neverFetched(url: string): AnchorwatchError {
  return new AnchorwatchError("repository_unreachable", `${url} was not fetched yet`, {
    hint: "Wait for the first fetch.",
  });
}
