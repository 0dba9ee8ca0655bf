import { generateKeyPairSync } from "node:crypto";
import { existsSync } from "node:fs";
import { exportJWK } from "jose";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Workload } from "../../packages/anchorwatch/src/auth/workload/workload.ts";
import { remoteUser } from "../../packages/anchorwatch/src/cli/remote/remoteRun.fixture.ts";
import { openTestDatabase, quickTestServer } from "../../packages/anchorwatch/src/store/postgres.fixture.ts";
import { type Anchorwatch, startAnchorwatch } from "./anchorwatch.fixture.ts";
import { type Forge, GITHUB_RUN, GITLAB_JOB, startForge } from "./forge.fixture.ts";
import { unsigned } from "./hostileProvider.fixture.ts";

const AUDIENCE = "https://anchorwatch.example.com";
let anchorwatch: Anchorwatch;
let github: Forge;
let gitlab: Forge;
const ends: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  const server = await quickTestServer();
  const database = await openTestDatabase(await server.createDatabase());
  anchorwatch = await startAnchorwatch(database);
  [github, gitlab] = await Promise.all([startForge(), startForge()]);
  ends.push(
    () => Promise.all([github.close(), gitlab.close()]),
    () => anchorwatch.close(),
    () => database.close(),
    () => server.leave(),
  );
});
afterAll(async () => {
  for (const end of ends) await end();
});

function onGithub(pins: Partial<Workload> = {}): Workload {
  const common = { name: "deploy", forge: "github", issuer: github.issuer, audience: AUDIENCE } as const;
  return { ...common, repository: "example/infra", ...pins };
}

function onGitlab(pins: Partial<Workload> = {}): Workload {
  const common = { name: "release", forge: "gitlab", issuer: gitlab.issuer, audience: AUDIENCE } as const;
  return { ...common, repository: "group/sub/infra", ...pins };
}

const MAIN = { ref: "refs/heads/main" };
beforeEach(async () => {
  anchorwatch.configure({ workloads: [onGithub(MAIN), onGitlab(MAIN)] });
  await anchorwatch.records.attempts.forget(new Date(Date.now() + 86_400_000));
});

interface Exchanged {
  readonly status: number;
  readonly body: {
    readonly code?: string;
    readonly detail?: string;
    readonly token?: string;
    readonly workload?: string;
    readonly expiresAt?: string;
  };
}

async function exchange(token: unknown): Promise<Exchanged> {
  const answer = await fetch(`${anchorwatch.url}/api/v1/session/workload`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ token }),
  });
  return { status: answer.status, body: (await answer.json()) as Exchanged["body"] };
}

describe("a pipeline that the operator's file names", () => {
  it("logs in at its command line: on GitHub by asking for its token, on GitLab with the one it was given", async () => {
    const environment = {
      ACTIONS_ID_TOKEN_REQUEST_URL: "https://run.actions.example.com/token?run=1",
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: "the job's own",
      GITLAB_TOKEN: await gitlab.token(GITLAB_JOB),
    };
    const asked: string[] = [];
    const onActions: typeof fetch = async (input, init) => {
      if (!(input instanceof URL)) return await fetch(input, init);
      asked.push(`${input} ${new Headers(init?.headers).get("authorization")}`);
      return Response.json({ value: await github.token(GITHUB_RUN) });
    };
    const pipeline = remoteUser({ environment }, { fetch: onActions });
    const login = ["login", "--workload", "--server", anchorwatch.url];
    const there = await pipeline.run(...login, "--audience", AUDIENCE);
    expect([there.status, there.stderr]).toEqual([0, expect.stringContaining("is kept in")]);
    expect(asked).toEqual([
      `${environment.ACTIONS_ID_TOKEN_REQUEST_URL}&audience=${encodeURIComponent(AUDIENCE)} Bearer the job's own`,
    ]);
    expect((await pipeline.run("whoami")).stdout).toContain("pipeline  deploy");
    expect(await pipeline.run(...login, "--id-token-variable", "GITLAB_TOKEN")).toMatchObject({ status: 0 });
    expect((await pipeline.run("whoami")).stdout).toContain("pipeline  release");
    const again = await pipeline.run(...login, "--id-token-variable", "GITLAB_TOKEN");
    expect(again.status).toBe(1);
    expect(again.stderr).not.toContain(environment.GITLAB_TOKEN.slice(0, 30));
    const nowhere = await remoteUser().run(...login);
    expect(nowhere.stderr).toContain("This is no pipeline that can prove itself");
  });

  it("asks the gate as what its forge vouches for, and keeps no login", async () => {
    const ask = ["gate", "--server", anchorwatch.url, "--stack", "network"];
    const environment = {
      ACTIONS_ID_TOKEN_REQUEST_URL: "https://run.actions.example/token?api-version=2",
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: "the job's own",
    };
    const onActions: typeof fetch = async (input, init) =>
      input instanceof URL
        ? Response.json({ value: await github.token(GITHUB_RUN) })
        : await fetch(input, init);
    const action = remoteUser({ environment }, { fetch: onActions });
    const job = remoteUser({ environment: { ANCHORWATCH_ID_TOKEN: await gitlab.token(GITLAB_JOB) } });
    for (const [pipeline, who, argv] of [
      [action, "deploy", [...ask, "--audience", AUDIENCE]],
      [job, "release", ask],
    ] as const) {
      const ran = await pipeline.run(...argv);
      expect(ran).toMatchObject({ status: 1, stderr: expect.stringContaining("There is no stack") });
      expect(anchorwatch.entries.at(-1)).toMatchObject({ kind: "session.started", actor: { id: who } });
      expect(existsSync(pipeline.configFolder)).toBe(false);
    }
    const unproven = await remoteUser({ environment: { GITHUB_ACTIONS: "true" } }).run(...ask);
    expect(unproven).toMatchObject({ status: 1, stderr: expect.stringContaining("id-token: write") });
  });

  it("gets a token of a quarter of an hour, and an entry with what it was", async () => {
    const { status, body } = await exchange(await github.token(GITHUB_RUN));
    expect([status, body.workload]).toEqual([200, "deploy"]);
    expect(Date.parse(body.expiresAt ?? "") - anchorwatch.now().getTime()).toBeLessThanOrEqual(15 * 60_000);
    const bearer = body.token ?? "";
    expect(await anchorwatch.who({ bearer })).toMatchObject({
      kind: "workload",
      id: "deploy",
      channel: "workload",
    });
    expect(anchorwatch.entries.at(-1)).toMatchObject({
      kind: "session.started",
      actor: { type: "actor", id: "deploy", channel: "ci" },
      data: {
        method: "workload",
        claims: {
          repository: "example/infra",
          ref: "refs/heads/main",
          actor: "ada",
          job_workflow_ref: GITHUB_RUN["job_workflow_ref"],
        },
      },
    });
    expect(anchorwatch.log() + JSON.stringify(anchorwatch.entries)).not.toContain(bearer.slice(4));
    anchorwatch.pass(16 * 60_000);
    expect(await anchorwatch.who({ bearer })).toBeUndefined();
    anchorwatch.pass(-16 * 60_000);
  });

  it("is nobody any more once the file names it no longer, or pins it to something else", async () => {
    const bearer = (await exchange(await github.token(GITHUB_RUN))).body.token ?? "";
    const other = (await exchange(await gitlab.token(GITLAB_JOB))).body.token ?? "";
    anchorwatch.configure({ workloads: [onGithub({ ref: "refs/heads/other" }), onGitlab(MAIN)] });
    expect(await anchorwatch.who({ bearer })).toBeUndefined();
    expect(await anchorwatch.who({ bearer: other })).toMatchObject({ id: "release" });
    anchorwatch.configure({ workloads: [] });
    expect(await anchorwatch.who({ bearer: other })).toBeUndefined();
  });

  it("is the first one of the file that the token fits", async () => {
    const production = onGithub({ name: "production", environment: "production" });
    anchorwatch.configure({ workloads: [production, onGithub(MAIN)] });
    const claims = {
      ...GITHUB_RUN,
      sub: "repo:example/infra:environment:production",
      environment: "production",
    };
    expect((await exchange(await github.token(claims))).body.workload).toBe("production");
    expect((await exchange(await github.token(GITHUB_RUN))).body.workload).toBe("deploy");
  });

  it("cannot use one token twice, also at the same time", async () => {
    const token = await github.token(GITHUB_RUN);
    const answers = await Promise.all([exchange(token), exchange(token), exchange(token)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 403, 403]);
    expect((await exchange(token)).body.detail).toContain("it was used before");
  });
});

describe("a token of a forge is refused", () => {
  it.each<[string, Readonly<Record<string, unknown>>, string]>([
    ["of another repository", { repository: "example/other" }, 'its repository is "example/other"'],
    ["of a repository whose name only begins so", { repository: "example/infra-evil" }, "its repository is"],
    ["of a repository in other letters", { repository: "Example/Infra" }, "its repository is"],
    ["of another owner", { repository_owner: "evil" }, "the owner of its repository"],
    ["of another branch", { ref: "refs/heads/main2" }, 'its ref is "refs/heads/main2"'],
    ["of a tag of the branch's name", { ref: "refs/tags/main" }, "its ref is"],
    ["of a list of refs", { ref: ["refs/heads/main"] }, "its ref is not told"],
    ["of a pull request", { ref: "refs/pull/7/merge", event_name: "pull_request" }, "its ref is"],
    [
      "of a pull request that says it is of main",
      { event_name: "pull_request_target" },
      "it is of a pull request",
    ],
    ["for another service", { aud: "https://sts.amazonaws.com" }, "“aud”"],
    ["for us and another service", { aud: [AUDIENCE, "https://other.example"] }, "it was not made for"],
    ["without id", { jti: undefined }, "“jti”"],
    ["without end", { exp: undefined }, "“exp”"],
    ["without a time", { iat: undefined }, "“iat”"],
    ["that is expired", { exp: 1 }, "expired"],
    ["of the future", { iat: Math.floor(Date.now() / 1000) + 600 }, "“iat”"],
    ["that counts later", { nbf: Math.floor(Date.now() / 1000) + 600 }, "“nbf”"],
    ["of yesterday", { iat: Math.floor(Date.now() / 1000) - 86_400 }, "expired"],
    ["of an issuer that nobody named", { iss: "https://evil.example" }, "no workload"],
  ])("%s (GitHub)", async (_what, claims, words) => {
    const { status, body } = await exchange(await github.token({ ...GITHUB_RUN, ...claims }));
    expect(body).toMatchObject({ code: "workload_refused", detail: expect.stringContaining(words) });
    expect(status).toBe(403);
  });

  it.each<[string, Partial<Workload>, Readonly<Record<string, unknown>>, string]>([
    [
      "of another environment",
      { environment: "production" },
      { environment: "staging" },
      'its environment is "staging"',
    ],
    ["without environment", { environment: "production" }, {}, "its environment is not told"],
    [
      "of the right environment and another branch",
      { ...MAIN, environment: "production" },
      { environment: "production", ref: "refs/heads/x" },
      "its ref is",
    ],
    [
      "of a pull request with the right environment",
      { environment: "production" },
      { environment: "production", ref: "refs/pull/1/merge", event_name: "pull_request" },
      "it is of a pull request",
    ],
  ])("%s (GitHub)", async (_what, pins, claims, words) => {
    anchorwatch.configure({ workloads: [onGithub(pins)] });
    const { body } = await exchange(await github.token({ ...GITHUB_RUN, ...claims }));
    expect(body).toMatchObject({ code: "workload_refused", detail: expect.stringContaining(words) });
  });

  it.each<[string, Partial<Workload>, Readonly<Record<string, unknown>>, string | undefined]>([
    ["of the protected branch", MAIN, {}, undefined],
    ["of a version that names no path", MAIN, { ref_path: undefined }, undefined],
    ["of the protected environment", { environment: "production" }, {}, undefined],
    [
      "of a protected tag",
      { ref: "refs/tags/v1" },
      { ref: "v1", ref_type: "tag", ref_path: "refs/tags/v1" },
      undefined,
    ],
    ["of another project", MAIN, { project_path: "group/sub/infra2" }, "its project is"],
    ["of a project of the group above", MAIN, { project_path: "sub/infra" }, "its project is"],
    ["of another branch", MAIN, { ref: "dev", ref_path: "refs/heads/dev" }, 'its ref is "refs/heads/dev"'],
    [
      "of a tag of that name",
      MAIN,
      { ref_type: "tag", ref_path: "refs/tags/main" },
      'its ref is "refs/tags/main"',
    ],
    ["of a tag of that name, with the branch's path", MAIN, { ref_type: "tag" }, "its ref is not told"],
    ["of a branch that nobody protects", MAIN, { ref_protected: "false" }, "GitLab does not protect its ref"],
    [
      "that does not say whether its branch is protected",
      MAIN,
      { ref_protected: undefined },
      "GitLab does not protect its ref",
    ],
    ["of another environment", { environment: "staging" }, {}, 'its environment is "production"'],
    [
      "of an environment that nobody protects",
      { environment: "production" },
      { environment_protected: "false" },
      "GitLab does not protect its environment",
    ],
    ["of a merge request", MAIN, { pipeline_source: "merge_request_event" }, "it is of a merge request"],
  ])("or taken: %s (GitLab)", async (_what, pins, claims, words) => {
    anchorwatch.configure({ workloads: [onGitlab(pins)] });
    const { status, body } = await exchange(await gitlab.token({ ...GITLAB_JOB, ...claims }));
    if (words === undefined) expect([status, body.workload]).toEqual([200, "release"]);
    else expect(body).toMatchObject({ code: "workload_refused", detail: expect.stringContaining(words) });
  });

  it("whose claims are right, signed by another forge of ours", async () => {
    const crossed = await gitlab.token({ ...GITHUB_RUN, iss: github.issuer });
    expect((await exchange(crossed)).body.detail).toContain("its signature is not one of its issuer");
    const slashed = await github.token({ ...GITHUB_RUN, iss: `${github.issuer}/` });
    expect((await exchange(slashed)).body.detail).toContain(
      "no workload of the operator's file has its issuer",
    );
    const ofGitlab = await gitlab.token(GITHUB_RUN);
    expect((await exchange(ofGitlab)).body).toMatchObject({ code: "workload_refused" });
  });

  it("without signature, with HMAC by the public key, and with a key that it brings along", async () => {
    const foreign = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const jwk = await exportJWK(foreign.publicKey);
    const claims = { ...GITHUB_RUN, iss: github.issuer, jti: "x", exp: Math.floor(Date.now() / 1000) + 300 };
    const key = foreign.privateKey;
    const forged = [
      unsigned(claims, { alg: "none" }),
      await github.token(GITHUB_RUN, {
        header: { alg: "HS256", kid: "k1" },
        key: Buffer.from(github.publicKeyPem),
      }),
      await github.token(GITHUB_RUN, { header: { alg: "RS256", jwk }, key }),
      await github.token(GITHUB_RUN, {
        header: { alg: "RS256", kid: "k1", jku: "https://evil.example/jwks" },
        key,
      }),
      await github.token(GITHUB_RUN, { header: { alg: "PS256", kid: "k1" }, key }),
      await github.token(GITHUB_RUN, { header: { alg: "RS256", kid: "../../k1" }, key }),
    ];
    for (const token of forged)
      expect((await exchange(token)).body).toMatchObject({ code: "workload_refused" });
  });

  it.each([["x"], ["a.b.c"], [""], ["é".repeat(100)], ["a".repeat(20_000)], [7], [null], [{ alg: "none" }]])(
    "that is none: %j",
    async (token) => {
      expect([400, 403]).toContain((await exchange(token)).status);
    },
  );

  it("while its forge cannot be asked, with another answer; afterwards it counts", async () => {
    const forge = await startForge();
    anchorwatch.configure({ workloads: [onGithub({ ...MAIN, issuer: forge.issuer })] });
    const token = await forge.token(GITHUB_RUN);
    forge.isUp = false;
    expect(await exchange(token)).toMatchObject({
      status: 503,
      body: { code: "sign_in_provider_unreachable" },
    });
    expect(anchorwatch.entries.at(-1)).toMatchObject({
      kind: "session.failed",
      data: { method: "workload", reason: expect.stringContaining(new URL(forge.issuer).host) },
    });
    forge.isUp = true;
    expect((await exchange(token)).status).toBe(200);
    await forge.close();
  });

  it("keys are asked for once, and forges that nobody named are never asked", async () => {
    const stranger = await startForge();
    for (let tries = 0; tries < 3; tries++) {
      await exchange(await stranger.token({ ...GITHUB_RUN }));
      await exchange(await github.token(GITHUB_RUN, { header: { alg: "RS256", kid: `new ${tries}` } }));
    }
    expect([...stranger.asked.values()]).toEqual([]);
    expect(github.asked.get("/.well-known/jwks")).toBe(1);
    await stranger.close();
  });

  it("and who goes on trying is told to wait, while right tokens still count", async () => {
    let status = 403;
    for (let tries = 0; tries < 40 && status === 403; tries++) ({ status } = await exchange("x"));
    expect(status).toBe(429);
    expect((await exchange(await github.token(GITHUB_RUN))).status).toBe(200);
  });
});
