import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Channel } from "../../channel.ts";
import { alertDrift, alertMessage, EVIL_TEXTS, hostileMessage } from "../../message/messages.fixture.ts";
import { githubChannel } from "../github/githubChannel.ts";
import { TOKEN as GITHUB_TOKEN, startGithubServer } from "../github/githubServer.fixture.ts";
import { gitlabChannel } from "../gitlab/gitlabChannel.ts";
import { TOKEN as GITLAB_TOKEN, startGitlabServer } from "../gitlab/gitlabServer.fixture.ts";
import { deliver, failureOf, NOW, opened } from "../opened.fixture.ts";
import type { ForgeServer } from "./keptIssues.fixture.ts";

interface Kind {
  readonly start: () => Promise<ForgeServer>;
  readonly open: (server: ForgeServer, section?: object, token?: string) => Channel;
}

const KINDS: Readonly<Record<string, Kind>> = {
  github: {
    start: startGithubServer,
    open: (server, section = {}, token = GITHUB_TOKEN) =>
      opened(
        githubChannel,
        { repository: "acme/infra", tokenFile: "t", endpoint: server.url, ...section },
        { secrets: { token }, allow: server.url },
      ),
  },
  gitlab: {
    start: startGitlabServer,
    open: (server, section = {}, token = GITLAB_TOKEN) =>
      opened(
        gitlabChannel,
        { project: "acme/infra", tokenFile: "t", endpoint: `${server.url}/api/v4/`, ...section },
        { secrets: { token }, allow: server.url },
      ),
  },
};

describe.each(Object.entries(KINDS))("%s", (_name, { start, open }) => {
  let server: ForgeServer;
  beforeEach(async () => {
    server = await start();
  });
  afterEach(() => server.close());

  it("has one issue for an alert: written again, commented on what people should hear of, closed, and opened again", async () => {
    const to = open(server, { labels: ["drift"] });
    let { reference } = await deliver(to);
    const [issue] = server.issues;
    const again = async (given: Parameters<typeof deliver>[1]) => {
      ({ reference } = await deliver(to, { ...given, reference }));
    };
    expect(issue).toMatchObject({
      title: expect.stringMatching(/^CRITICAL security · A security group lets in/),
      labels: ["anchorwatch", "drift"],
    });
    await again({ key: "k2", step: "update", message: alertMessage({ total: 3 }) });
    await again({
      key: "k3",
      step: "acknowledge",
      message: alertMessage({ status: "acknowledged", acknowledgedBy: "ada" }),
    });
    expect(issue).toMatchObject({
      state: "open",
      comments: [],
      body: expect.stringContaining("Acknowledged by ada"),
    });
    await again({ key: "k4", step: "update", message: alertMessage({ escalation: 1 }) });
    await again({
      key: "k5",
      step: "resolve",
      message: alertMessage({ status: "resolved", resolution: "reverted" }),
    });
    expect(issue).toMatchObject({ state: "closed" });
    await again({ key: "k6", step: "open" });
    expect(issue).toMatchObject({
      state: "open",
      comments: [
        expect.stringContaining("nobody answered"),
        expect.stringContaining("`Resolved: reverted`"),
        expect.stringContaining("It began again."),
      ],
    });
    expect(server.issues).toHaveLength(1);
    expect(server.problems).toEqual([]);
  });

  it("leaves an issue closed that somebody has closed, until it begins again", async () => {
    const to = open(server);
    const { reference } = await deliver(to);
    const [issue] = server.issues;
    if (issue !== undefined) issue.state = "closed";
    await deliver(to, { key: "k2", step: "update", reference });
    expect(issue?.state).toBe("closed");
    await deliver(to, { key: "k3", step: "open", reference });
    expect(issue?.state).toBe("open");
  });

  it("finds its issue again after a crash, also among many, and comments once", async () => {
    const to = open(server);
    await deliver(to);
    for (let i = 0; i < 55; i += 1) {
      await deliver(to, { key: `o${i}`, message: alertMessage({ id: `other-${i}` }) });
    }
    expect(server.issues).toHaveLength(56);
    const { reference } = await deliver(to);
    expect(reference).toMatchObject({ number: "1" });
    const end = {
      key: "k2",
      step: "resolve" as const,
      reference,
      message: alertMessage({ status: "resolved" }),
    };
    await deliver(to, end);
    // Meanwhile many had something to say.
    server.issues[0]?.comments.push(...Array.from({ length: 60 }, (_, i) => `comment ${i}`));
    await deliver(to, end);
    expect(server.issues).toHaveLength(56);
    expect(server.issues[0]?.comments.filter((text) => text.includes("Resolved"))).toHaveLength(1);
    expect(server.problems).toEqual([]);
  });

  it("makes another one when somebody has deleted it", async () => {
    const to = open(server);
    const { reference } = await deliver(to);
    server.issues.splice(0, 1, { ...server.issues[0], number: 77, labels: [], body: "another's" } as never);
    const { reference: next } = await deliver(to, { key: "k2", step: "update", reference });
    expect(next["number"]).not.toBe(reference["number"]);
    expect(server.issues).toHaveLength(2);
  });

  it("believes no issue that only speaks of the marker", async () => {
    const to = open(server);
    await deliver(to);
    const [issue] = server.issues;
    if (issue !== undefined) issue.body = `> ${issue.body}`;
    await deliver(to);
    expect(server.issues).toHaveLength(2);
  });

  it.each(EVIL_TEXTS)("shows %j, and nobody is mentioned, nothing closed or linked", async (evil) => {
    const to = open(server);
    const { reference } = await deliver(to, { message: hostileMessage(evil) });
    await deliver(to, {
      key: "k2",
      step: "update",
      reference,
      message: { ...hostileMessage(evil), status: "open", escalation: 1 },
    });
    expect(server.problems).toEqual([]);
    const [issue] = server.issues;
    expect(issue?.title).not.toMatch(/[@#!~<>`\n]|:\/\//);
    for (const text of [issue?.body ?? "", ...(issue?.comments ?? [])]) {
      const outside = withoutCode(text.replace(/^<!-- [A-Za-z0-9_. -]+ -->\n/, ""));
      expect(outside).not.toMatch(/[@#!~](?=[A-Za-z0-9])|</);
      // Quick actions and commands stand at the beginning of a line.
      expect(outside).not.toMatch(/^\//m);
    }
  });

  it("fits a storm into an issue", async () => {
    const diff = Array.from({ length: 200 }, () => "+ ".padEnd(900, "ö"));
    const drifts = Array.from({ length: 10 }, (_, i) =>
      alertDrift({ diff, address: `aws_security_group.web[${i}]` }),
    );
    await deliver(open(server), { message: alertMessage({ title: "x".repeat(3000), drifts, total: 5000 }) });
    expect(server.problems).toEqual([]);
  });

  it("waits when it was asked too often, as long as it is told", async () => {
    server.trouble.push({ status: 429, headers: { "retry-after": "60" }, body: "{}" });
    expect(await failureOf(open(server))).toMatchObject({ retry: "again", afterMs: 60_000 });
    const reset = String(NOW.getTime() / 1000 + 90);
    server.trouble.push({
      status: 403,
      headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset },
      body: "{}",
    });
    expect(await failureOf(open(server))).toMatchObject({ retry: "again", afterMs: 90_000 });
    const body = JSON.stringify({ message: "You have exceeded a secondary rate limit." });
    server.trouble.push({ status: 403, body });
    expect(await failureOf(open(server))).toMatchObject({ retry: "again", afterMs: 60_000 });
  });

  it("says why it was refused, and never its token", async () => {
    const failure = await failureOf(open(server, {}, "hunter2-canary"));
    expect(failure).toMatchObject({
      retry: "never",
      message: expect.stringMatching(/^it answered 401.*: (?:Bad credentials|401 Unauthorized)$/),
    });
    server.trouble.push({ status: 403, body: JSON.stringify({ message: "hunter2-canary may not" }) });
    expect((await failureOf(open(server, {}, "hunter2-canary"))).message).toMatch(
      /^it answered 403.*: \(secret\) may not$/,
    );
  });

  it("is tried again when something else answers", async () => {
    server.trouble.push({ status: 200, body: "<html>" });
    expect(await failureOf(open(server))).toMatchObject({ retry: "again" });
  });
});

/** Of Markdown what stands outside of code, and of the addresses of links. */
function withoutCode(text: string): string {
  return text
    .replaceAll(/\(<https?:[^>]*>\)/g, "")

    .replaceAll(/^(`{3,})[\s\S]*?^\1$/gm, "")
    .replaceAll(/(?<!`)(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/g, "");
}

it("a public repository is told nothing, unless the operator says so", async () => {
  const server = await startGithubServer();
  try {
    server.isPublic = true;
    const failure = await failureOf(KINDS["github"]?.open(server) as Channel);
    expect(failure).toMatchObject({ retry: "never", message: expect.stringContaining("public: true") });
    expect(server.issues).toEqual([]);
    await deliver(KINDS["github"]?.open(server, { public: true }) as Channel);
    expect(server.issues).toHaveLength(1);
  } finally {
    await server.close();
  }
});

it("issues of GitLab are its members' alone, unless the operator says otherwise", async () => {
  const server = await startGitlabServer();
  try {
    await deliver(KINDS["gitlab"]?.open(server) as Channel);
    await deliver(KINDS["gitlab"]?.open(server, { confidential: false }) as Channel, {
      message: alertMessage({ id: "other" }),
    });
    expect(server.issues.map(({ confidential }) => confidential)).toEqual([true, false]);
  } finally {
    await server.close();
  }
});

it("a repository is named as it is, and nothing else of an address", () => {
  for (const name of ["infra", "acme/infra/x?y", "acme/../infra", "acme/infra#1", ""]) {
    expect(githubChannel.section.safeParse({ tokenFile: "t", repository: name }).success).toBe(false);
  }
  for (const name of ["infra", "acme/infra?x", "", "acme//infra"]) {
    expect(gitlabChannel.section.safeParse({ tokenFile: "t", project: name }).success).toBe(false);
  }
});
