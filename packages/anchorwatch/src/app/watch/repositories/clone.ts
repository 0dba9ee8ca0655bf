/** The clone of a repository: its objects, without any history, and the files of single commits beside it. */
import { createHash, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createScrubber } from "../../../compare/secrets.ts";
import { AnchorwatchError } from "../../../domain/errors.ts";
import {
  checkedFolder,
  checkedRef,
  parseAddress,
  type RepositoryAddress,
  refuseOpenToken,
} from "./address.ts";
import { findGit, runGit } from "./git.ts";
import { authorisationOf, gitEnvironment } from "./gitEnvironment.ts";
import { gitProblem } from "./gitProblem.ts";
import { type ObjectBounds, shedOldObjects } from "./oldObjects.ts";

export interface RepositorySettings {
  /** Without password. */
  readonly url: string;
  /** Branch, tag or commit; a branch before a tag of the same name. */
  readonly ref: string;
  /** Folders inside it; empty: all of it. Files of the folders above them come along. */
  readonly folders: readonly string[];
  /** For https. */
  readonly token?: string;
}

export interface CloneSurroundings {
  /** The operator's environment. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Belongs to this repository alone, and to one process at a time. Made when it is not there. */
  readonly folder: string;
  /** Milliseconds for fetching and checking out; asking for a ref has a minute at most. */
  readonly deadlineMs: number;
  /** How much old commits may leave in it; absent: what a large repository bears. */
  readonly objects?: ObjectBounds;
}

/** Where a ref points to. */
export interface RemoteRef {
  readonly name: string;
  /** Of a commit or an annotated tag. */
  readonly object: string;
}

const WATCHED = "refs/anchorwatch/watched";
const ASK_DEADLINE_MS = 60_000;
const COMMIT = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;

export class Clone {
  readonly shown: string;
  readonly #git: string;
  readonly #ref: string;
  readonly #folders: readonly string[];
  readonly #around: CloneSurroundings;
  readonly #environment: Readonly<Record<string, string | undefined>>;
  readonly #mask: (text: string) => string;

  /** @throws AnchorwatchError `repository_address_invalid`, `repository_ref_invalid`, `repository_folder_invalid`, `repository_git_missing` */
  constructor(settings: RepositorySettings, around: CloneSurroundings) {
    const address: RepositoryAddress = parseAddress(settings.url);
    this.shown = address.url;
    this.#ref = checkedRef(settings.ref);
    this.#folders = settings.folders.map(checkedFolder);
    this.#git = findGit(around.environment);
    this.#around = around;
    const { token } = settings;
    refuseOpenToken(address, token);
    const surroundings = { environment: around.environment, home: this.#home, address, token };
    this.#environment = {
      ...gitEnvironment(surroundings),
      GIT_DIR: this.#gitFolder,
    };
    const authorisation = authorisationOf(surroundings);
    this.#mask = createScrubber([token, authorisation].filter((secret) => secret !== undefined)).scrub;
  }

  /** Where the files of that commit lie, or would. */
  folderOf(commit: string): string {
    const folders = createHash("sha256").update(this.#folders.join("\0")).digest("hex").slice(0, 8);
    return join(this.#commits, `${commit}-${folders}`);
  }

  /** Removes the files of all commits but of these folders, and what an interrupted checkout left. */
  async removeAllBut(kept: ReadonlySet<string>): Promise<void> {
    const names = existsSync(this.#commits) ? await readdir(this.#commits) : [];
    const folders = names.map((name) => join(this.#commits, name)).filter((folder) => !kept.has(folder));
    await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
  }

  /** What the ref points to on the server. @throws AnchorwatchError `repository_*` */
  async ask(signal: AbortSignal): Promise<RemoteRef> {
    await this.#prepare(signal);
    if (COMMIT.test(this.#ref)) return { name: this.#ref, object: this.#ref };
    const names = this.#ref === "HEAD" ? ["HEAD"] : [`refs/heads/${this.#ref}`, `refs/tags/${this.#ref}`];
    const what = `asking for ${this.#ref}`;
    const listed = await this.#run(
      what,
      ["ls-remote", "--quiet", "origin", ...names],
      signal,
      ASK_DEADLINE_MS,
    );
    const refs = new Map(
      listed.split("\n").flatMap((line) => {
        const [object = "", name = ""] = line.split("\t");
        return COMMIT.test(object) ? [[name, object] as const] : [];
      }),
    );
    // Whoever may push tags only must not be able to put one in the place of the branch.
    for (const name of names) {
      const object = refs.get(name);
      if (object !== undefined) return { name, object };
    }
    throw new AnchorwatchError("repository_ref_missing", `${this.shown} has no branch or tag ${this.#ref}`, {
      hint: "Correct `ref`. What was checked out before stays in use.",
    });
  }

  /** Fetches it, without history. @returns the commit. @throws AnchorwatchError `repository_*` */
  async fetch({ name }: RemoteRef, signal: AbortSignal): Promise<string> {
    const options = ["--quiet", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head", "--force"];
    const little = ["--depth=1", "--filter=blob:none"];
    await this.#run(
      `fetching ${this.#ref}`,
      ["fetch", ...options, ...little, "origin", `+${name}:${WATCHED}`],
      signal,
    );
    return await this.#commitOf(WATCHED, signal);
  }

  /** Puts the files of the commit in their place, all at once. @throws AnchorwatchError `repository_*` */
  async checkOut(commit: string, signal: AbortSignal): Promise<string> {
    const folder = this.folderOf(commit);
    if (existsSync(folder)) return folder;
    const draft = `${folder}.${randomBytes(6).toString("hex")}`;
    await mkdir(draft, { recursive: true, mode: 0o700 });
    const index = `${draft}.index`;
    try {
      await this.#writeSparse();
      const settings =
        this.#folders.length === 0
          ? []
          : ["-c", "core.sparseCheckout=true", "-c", "core.sparseCheckoutCone=true"];
      const args = [...settings, "read-tree", "-m", "-u", commit];
      await this.#run(`checking out ${commit}`, args, signal, this.#around.deadlineMs, {
        GIT_WORK_TREE: draft,
        GIT_INDEX_FILE: index,
      });
      await rename(draft, folder);
      return folder;
    } catch (error) {
      await rm(draft, { recursive: true, force: true });
      throw error;
    } finally {
      await rm(index, { force: true });
    }
  }

  /** To be called after a new commit was checked out. */
  async shedOldObjects(): Promise<void> {
    await shedOldObjects(this.#gitFolder, this.#around.objects);
  }

  get #gitFolder(): string {
    return join(this.#around.folder, "git");
  }

  get #home(): string {
    return join(this.#around.folder, "home");
  }

  get #commits(): string {
    return join(this.#around.folder, "commits");
  }

  async #prepare(signal: AbortSignal): Promise<void> {
    await mkdir(this.#home, { recursive: true, mode: 0o700 });
    await mkdir(this.#commits, { recursive: true, mode: 0o700 });
    if (existsSync(join(this.#gitFolder, "HEAD"))) return;
    await this.#run("making the clone", ["init", "--quiet", "--template="], signal, ASK_DEADLINE_MS);
  }

  /** @see https://git-scm.com/docs/git-sparse-checkout#_internalscone_mode_handling */
  async #writeSparse(): Promise<void> {
    const above = this.#folders.flatMap((folder) => {
      const parts = folder.split("/");
      return parts.slice(0, -1).map((_, index) => parts.slice(0, index + 1).join("/"));
    });
    const parents = [...new Set(above)].filter((parent) => !this.#folders.includes(parent)).sort();
    const lines = [
      "/*",
      "!/*/",
      ...parents.flatMap((parent) => [`/${parent}/`, `!/${parent}/*/`]),
      ...[...new Set(this.#folders)].sort().map((folder) => `/${folder}/`),
    ];
    const info = join(this.#gitFolder, "info");
    await mkdir(info, { recursive: true });
    await writeFile(join(info, "sparse-checkout"), `${lines.join("\n")}\n`);
  }

  async #commitOf(ref: string, signal: AbortSignal): Promise<string> {
    const args = ["rev-parse", "--verify", "--quiet", `${ref}^{commit}`];
    const commit = (await this.#run(`looking at ${this.#ref}`, args, signal, ASK_DEADLINE_MS)).trim();
    if (COMMIT.test(commit)) return commit;
    throw new AnchorwatchError("repository_git_failed", `${this.shown}: ${this.#ref} is no commit`, {
      hint: "Name a branch, a tag or a commit.",
    });
  }

  async #run(
    what: string,
    args: readonly string[],
    signal: AbortSignal,
    deadlineMs: number = this.#around.deadlineMs,
    more: Readonly<Record<string, string>> = {},
  ): Promise<string> {
    const environment = { ...this.#environment, ...more };
    const outcome = await runGit({ git: this.#git, args, cwd: this.#home, environment, deadlineMs, signal });
    signal.throwIfAborted();
    if (outcome.kind === "ended" && outcome.status === 0) return outcome.stdout;
    throw gitProblem(this.shown, what, outcome, this.#mask);
  }
}
