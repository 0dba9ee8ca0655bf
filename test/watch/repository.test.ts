/** Watched repositories, with a real git and a real git server. */
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type {
  CloneSurroundings,
  RepositorySettings,
} from "../../packages/anchorwatch/src/app/watch/repositories/clone.ts";
import { keepFresh } from "../../packages/anchorwatch/src/app/watch/repositories/keepFresh.ts";
import {
  openRepository,
  type Repository,
} from "../../packages/anchorwatch/src/app/watch/repositories/repository.ts";
import { GIT, noting, type Origin, originIn, serveGit } from "./gitServer.ts";

const { signal } = new AbortController();
const FILES = {
  "main.tf": "root",
  "infra/network/main.tf": "network",
  "infra/other/main.tf": "other",
  "app/big.bin": "app",
};

interface Bench {
  readonly folder: string;
  readonly origin: Origin;
  now: Date;
  open(
    settings?: Partial<RepositorySettings>,
    environment?: Readonly<Record<string, string>>,
    objects?: CloneSurroundings["objects"],
  ): Promise<Repository>;
}

function bench(files: Parameters<typeof originIn>[1] = FILES): Bench {
  const folder = mkdtempSync(join(tmpdir(), "aw-git-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const origin = originIn(join(folder, "origin"), files);
  const made: Bench = {
    folder,
    origin,
    now: new Date("2026-01-01T00:00:00Z"),
    open: (settings = {}, environment = {}, objects = undefined) =>
      openRepository(
        { url: origin.path, ref: "main", folders: [], ...settings },
        {
          environment: { PATH: process.env["PATH"] ?? "", ...environment },
          folder: join(folder, "work"),
          deadlineMs: 60_000,
          now: () => made.now,
          ...(objects === undefined ? {} : { objects }),
        },
      ),
  };
  return made;
}

function textIn(repository: Repository, name: string): string {
  const used = repository.use();
  const text = readFileSync(join(used.folder, name), "utf8");
  void used.release();
  return text;
}

describe.skipIf(GIT === undefined)("a watched repository", () => {
  test("is fetched, and has the files of its ref without anything of git's", async () => {
    const { origin, open } = bench();
    const repository = await open();
    expect(() => repository.use()).toThrow(expect.objectContaining({ code: "repository_unreachable" }));
    const status = await repository.refresh(signal);
    expect(status).toEqual({
      commit: origin.git("rev-parse", "HEAD"),
      confirmedAt: new Date("2026-01-01T00:00:00Z"),
    });
    expect(textIn(repository, "infra/network/main.tf")).toBe("network");
    const { folder } = repository.use();
    expect(readdirSync(folder).sort()).toEqual(["app", "infra", "main.tf"]);
  });

  test("moves to a new commit all at once, and who uses the old one keeps its files until it gives them back", async () => {
    const made = bench();
    const repository = await made.open();
    await repository.refresh(signal);
    const old = repository.use();
    const commit = made.origin.commit({ "main.tf": "new" });
    made.now = new Date("2026-01-02T00:00:00Z");
    expect(await repository.refresh(signal)).toEqual({ commit, confirmedAt: made.now });
    expect(textIn(repository, "main.tf")).toBe("new");
    expect(readFileSync(join(old.folder, "main.tf"), "utf8")).toBe("root");
    await old.release();
    expect(existsSync(old.folder)).toBe(false);
    expect(readdirSync(join(made.folder, "work", "commits"))).toHaveLength(1);
    expect(textIn(repository, "main.tf")).toBe("new");
  });

  test("that has nothing new is not fetched again", async () => {
    const made = bench();
    const server = await serveGit(made.folder);
    const repository = await made.open({ url: `${server.address}/origin` });
    await repository.refresh(signal);
    const before = server.asked.filter(({ method }) => method === "POST").length;
    await repository.refresh(signal);
    // `ls-remote` is one more, and no fetch.
    expect(server.asked.filter(({ method }) => method === "POST")).toHaveLength(before + 1);
  });

  test("with chosen folders has these alone, with the files of the folders above", async () => {
    const made = bench();
    const server = await serveGit(made.folder);
    const repository = await made.open({ url: `${server.address}/origin`, folders: ["infra/network"] });
    await repository.refresh(signal);
    const { folder } = repository.use();
    expect(readdirSync(folder).sort()).toEqual(["infra", "main.tf"]);
    expect(readdirSync(join(folder, "infra"))).toEqual(["network"]);
    // The contents of the rest did not come over the network.
    const blob = made.origin.git("rev-parse", "HEAD:app/big.bin");
    const objects = readdirSync(join(made.folder, "work", "git", "objects"), {
      recursive: true,
      encoding: "utf8",
    });
    expect(objects).not.toContain(`${blob.slice(0, 2)}/${blob.slice(2)}`);
  });

  test("whose folders are chosen anew has the new ones, of the same commit", async () => {
    const made = bench();
    await (await made.open({ folders: ["infra/network"] })).refresh(signal);
    const repository = await made.open({ folders: ["infra/other"] });
    await repository.refresh(signal);
    const { folder } = repository.use();
    expect(readdirSync(join(folder, "infra"))).toEqual(["other"]);
  });

  test("is watched at a branch, a tag or a commit, and a tag does not stand in for a branch of its name", async () => {
    const made = bench();
    const first = made.origin.git("rev-parse", "HEAD");
    made.origin.git("tag", "--annotate", "--message", "v1", "v1");
    made.origin.git("tag", "main");
    const second = made.origin.commit({ "main.tf": "second" });
    expect(await (await made.open({ ref: "main" })).refresh(signal)).toMatchObject({ commit: second });
    expect(await (await made.open({ ref: "v1" })).refresh(signal)).toMatchObject({ commit: first });
    expect(await (await made.open({ ref: first })).refresh(signal)).toMatchObject({ commit: first });
  });

  test("that gets one commit after another does not keep the objects of all of them", async () => {
    const made = bench();
    const packs = () =>
      readdirSync(join(made.folder, "work"), { recursive: true, encoding: "utf8" }).filter((name) =>
        name.endsWith(".pack"),
      ).length;
    const repository = await made.open({}, {}, { bytes: 0, packs: 3 });
    const most: number[] = [];
    for (let number = 0; number < 8; number += 1) {
      const commit = made.origin.commit({ "main.tf": `commit ${number}` });
      expect(await repository.refresh(signal)).toEqual({ commit, confirmedAt: made.now });
      expect(textIn(repository, "main.tf")).toBe(`commit ${number}`);
      expect(textIn(repository, "infra/network/main.tf")).toBe("network");
      most.push(packs());
      // Also where nothing is new, and the clone has just been thrown away.
      expect((await repository.refresh(signal)).problem).toBeUndefined();
    }
    expect(Math.max(...most)).toBeLessThanOrEqual(3);
    expect(Math.max(...most)).toBeGreaterThan(Math.min(...most));
  });

  test("whose files were removed under it has them again", async () => {
    const made = bench();
    const repository = await made.open({}, {}, { bytes: 0, packs: 0 });
    await repository.refresh(signal);
    rmSync(repository.use().folder, { recursive: true });
    expect((await repository.refresh(signal)).problem).toBeUndefined();
    expect(textIn(repository, "main.tf")).toBe("root");
  });

  test("that cannot be reached leaves the old commit in use, with its age and the reason", async () => {
    const made = bench();
    const server = await serveGit(made.folder);
    const url = `${server.address}/origin`;
    const repository = await made.open({ url });
    const { commit } = await repository.refresh(signal);
    const before = made.now;
    made.now = new Date("2026-01-03T00:00:00Z");
    server.intercept = (_, response) => {
      response.writeHead(503).end();
      return true;
    };
    const status = await repository.refresh(signal);
    expect(status).toMatchObject({
      commit,
      confirmedAt: before,
      problem: { code: "repository_unreachable", message: expect.stringContaining(url) },
    });
    expect(textIn(repository, "main.tf")).toBe("root");
    server.intercept = undefined;
    expect(await repository.refresh(signal)).toEqual({ commit, confirmedAt: made.now });
  });

  test("has its last commit at once when the program is started anew, also where the server is gone", async () => {
    const made = bench();
    const { commit, confirmedAt } = await (await made.open()).refresh(signal);
    rmSync(made.origin.path, { recursive: true });
    const repository = await made.open();
    expect(repository.status()).toEqual({ commit, confirmedAt });
    expect(textIn(repository, "main.tf")).toBe("root");
    expect(await repository.refresh(signal)).toMatchObject({
      commit,
      problem: { code: "repository_missing" },
    });
  });

  test("without the ref says so, and keeps what it had", async () => {
    const made = bench();
    const repository = await made.open();
    await repository.refresh(signal);
    made.origin.git("branch", "--move", "main", "trunk");
    expect(await repository.refresh(signal)).toMatchObject({
      commit: expect.any(String),
      problem: { code: "repository_ref_missing", message: expect.stringContaining("main") },
    });
  });

  test("gets its token in a header for its own host, and never on a command line, in a message or on disk", async () => {
    const made = bench();
    const server = await serveGit(made.folder);
    const token = "hunter2-token-hunter2";
    const authorisation = `Basic ${Buffer.from(`x-access-token:${token}`).toString("base64")}`;
    server.intercept = (request, response) => {
      if (request.headers.authorization === authorisation) return false;
      response.writeHead(401, { "www-authenticate": "Basic" }).end();
      return true;
    };
    const url = `${server.address}/origin`;
    const refused = await (await made.open({ url })).refresh(signal);
    expect(refused.problem).toMatchObject({ code: "repository_refused" });
    const wrong = await (await made.open({ url, token: "wrong-token-wrong" })).refresh(signal);
    expect(wrong.problem).toMatchObject({
      code: "repository_refused",
      message: expect.not.stringContaining("wrong-token"),
    });
    const right = await made.open({ url, token });
    expect((await right.refresh(signal)).problem).toBeUndefined();
    const work = join(made.folder, "work");
    for (const name of readdirSync(work, { recursive: true, encoding: "utf8" })) {
      const text = await import("node:fs/promises").then(({ readFile }) =>
        readFile(join(work, name), "latin1").catch(() => ""),
      );
      expect(text).not.toContain(token);
      expect(text).not.toContain(authorisation.slice(6));
    }
  });

  test("does not follow its host to another one, to which the token would go", async () => {
    const made = bench();
    const [server, evil] = [await serveGit(made.folder), await serveGit(made.folder)];
    server.intercept = (request, response) => {
      response.writeHead(301, { location: `${evil.address}${request.url}` }).end();
      return true;
    };
    const repository = await made.open({ url: `${server.address}/origin`, token: "hunter2-token-hunter2" });
    expect((await repository.refresh(signal)).problem).toMatchObject({ code: "repository_redirected" });
    expect(evil.asked).toEqual([]);
  });

  test("that never answers is given up at the deadline or at a signal, and git's helpers end with it", async () => {
    const made = bench();
    const server = await serveGit(made.folder);
    let came = () => {};
    const arrived = new Promise<void>((resolve) => {
      came = resolve;
    });
    server.intercept = () => {
      came();
      return true;
    };
    const repository = await made.open({ url: `${server.address}/origin` });
    const controller = new AbortController();
    const refreshing = repository.refresh(controller.signal);
    await arrived;
    controller.abort(new RangeError("given up"));
    await expect(refreshing).rejects.toThrow("given up");
    expect(processesNaming(join(made.folder, "work"))).toEqual([]);
  });
});

describe.skipIf(GIT === undefined)("a hostile repository", () => {
  test("runs no hook, no filter, no submodule and no program of its attributes", async () => {
    const made = bench({
      ...FILES,
      ".gitattributes": "*.tf filter=evil diff=evil merge=evil\n*.bin filter=lfs\n",
      ".gitmodules": '[submodule "x"]\n\tpath = x\n\turl = ext::sh -c "touch pwned"\n',
      ".githooks/post-checkout": "#!/bin/sh\ntouch pwned\n",
      ".lfsconfig": "[lfs]\n\turl = http://evil.example\n",
    });
    const note = join(made.folder, "was-run");
    const filter = noting(join(made.folder, "bin", "filter"), note);
    noting(join(made.folder, "bin", "git-lfs"), note);
    // Also where the user has set up such a filter for his own work.
    const home = join(made.folder, "home");
    writeFileSync(
      join(made.folder, "gitconfig"),
      `[filter "evil"]\n\tsmudge = ${filter}\n[core]\n\thooksPath = .githooks\n[filter "lfs"]\n\tsmudge = git-lfs\n`,
    );
    const environment = {
      HOME: home,
      GIT_CONFIG_GLOBAL: join(made.folder, "gitconfig"),
      GIT_CONFIG_SYSTEM: join(made.folder, "gitconfig"),
      GIT_SSH_COMMAND: filter,
      GIT_ASKPASS: filter,
      GIT_EXTERNAL_DIFF: filter,
      GIT_TRACE: join(made.folder, "trace"),
      PATH: `${join(made.folder, "bin")}:${process.env["PATH"] ?? ""}`,
    };
    const repository = await made.open({}, environment);
    expect((await repository.refresh(signal)).problem).toBeUndefined();
    expect(textIn(repository, "main.tf")).toBe("root");
    expect(existsSync(note)).toBe(false);
    expect(existsSync(join(made.folder, "trace"))).toBe(false);
    expect(readdirSync(repository.use().folder)).not.toContain("pwned");
  });

  test("cannot write outside its folder: links are made as links, and nothing is written through them", async () => {
    const made = bench({ link: { link: "../../../.." }, "main.tf": "root" });
    const repository = await made.open();
    await repository.refresh(signal);
    const { folder } = repository.use();
    expect(readlinkSync(join(folder, "link"))).toBe("../../../..");
    expect(readdirSync(made.folder).sort()).toEqual(["origin", "work"]);
  });

  test("of another protocol is not asked, whatever it is called", async () => {
    const made = bench();
    await expect(made.open({ url: "ext::sh -c 'touch pwned'" })).rejects.toMatchObject({
      code: "repository_address_invalid",
    });
  });
});

test.skipIf(GIT === undefined)(
  "a repository is kept fresh at intervals that differ a little, until it is stopped",
  async () => {
    const made = bench();
    const repository = await made.open();
    const controller = new AbortController();
    const pauses: number[] = [];
    const commits: (string | undefined)[] = [];
    await keepFresh(repository, {
      everyMs: 1000,
      sleep: async (milliseconds) => {
        pauses.push(Math.round(milliseconds));
        made.origin.commit({ "main.tf": `change ${pauses.length}` });
      },
      random: () => (pauses.length === 0 ? 0 : 0.5),
      onFetched: async ({ commit }) => {
        commits.push(commit);
        if (commits.length === 3) controller.abort();
      },
      signal: controller.signal,
    });
    expect(pauses.slice(0, 2)).toEqual([900, 1000]);
    expect(new Set(commits).size).toBe(3);
  },
);

test("without git it is said what to do", async () => {
  const made = GIT === undefined ? undefined : bench();
  const url = made?.origin.path ?? "/srv/git/a.git";
  const opening = openRepository(
    { url, ref: "main", folders: [] },
    { environment: { PATH: "/nowhere" }, folder: "/nowhere", deadlineMs: 1000, now: () => new Date() },
  );
  await expect(opening).rejects.toMatchObject({ code: "repository_git_missing" });
});

/** Linux only: elsewhere nothing is found. */
function processesNaming(folder: string): readonly string[] {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc").filter((id) => {
    if (!/^[0-9]+$/.test(id)) return false;
    try {
      return readFileSync(`/proc/${id}/environ`, "latin1").includes(folder);
    } catch {
      return false; // it has ended meanwhile, or belongs to somebody else
    }
  });
}
