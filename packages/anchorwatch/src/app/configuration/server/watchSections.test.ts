import { describe, expect, it } from "vitest";
import { formatProblem } from "../problems.ts";
import { parseServerConfiguration } from "./parse.ts";
import type { ServerConfiguration } from "./serverConfiguration.ts";
import { unsetVariables } from "./unsetVariables.ts";
import { DEFAULT_WATCH, watchSettingsOf } from "./watchSection.ts";

const FILE = "anchorwatch.server.yaml";
const HASH = `h1:${"A".repeat(43)}=`;

async function read(lines: string): Promise<ServerConfiguration> {
  const parsed = await parseServerConfiguration(`version: 1\n${lines}`, FILE, "/etc/aw");
  if (!parsed.ok) expect(parsed.problems.map(formatProblem)).toEqual([]);
  if (parsed.ok) return parsed.configuration;
  throw new TypeError("unreachable");
}

async function problems(lines: string): Promise<string> {
  const parsed = await parseServerConfiguration(`version: 1\n${lines}`, FILE, "/etc/aw");
  return parsed.ok ? "" : parsed.problems.map(formatProblem).join("\n");
}

describe("what the operator's file says of the watch", () => {
  it("is, where it says nothing, a watch of nothing with limits that a machine can bear", async () => {
    expect((await read("")).watch).toEqual(DEFAULT_WATCH);
    expect(watchSettingsOf(DEFAULT_WATCH, "/home/a/state")).toMatchObject({
      databaseFolder: "/home/a/state/database",
      workFolder: "/home/a/state/watch",
      port: 7478,
      sweepEveryMs: 600_000,
    });
  });

  it("has folders relative to it, and durations in milliseconds", async () => {
    const { watch } = await read(
      "database: { folder: db, keep: { candidates: 15d, checks: 7d } }\nserver: { port: 0 }\nwatch: { folder: work, sweepEvery: 1h, stacks: [{ folder: infra, sweepEvery: 90s }] }\nlimits: { checks: 9, providerMemory: 1.5GiB }",
    );
    expect(watch).toMatchObject({
      databaseFolder: "/etc/aw/db",
      keep: { candidatesMs: 15 * 86_400_000, eventsMs: 400 * 86_400_000, checksMs: 7 * 86_400_000 },
      workFolder: "/etc/aw/work",
      port: 0,
      sweepEveryMs: 3_600_000,
      stacks: [{ kind: "folder", path: "/etc/aw/infra", sweepEveryMs: 90_000 }],
      limits: {
        checks: 9,
        readsPerAccount: 50,
        readsPerSecondPerAccount: 200,
        providerMemory: 1_610_612_736,
      },
    });
  });

  it("names repositories with what they are read with and who deploys them", async () => {
    const configuration = await read(`watch:
  stacks:
    - repository: https://git.example/infra.git
      ref: release/1.2
      folders: [network/, ./app]
      fetchEvery: 30s
      tokenVariable: GIT_TOKEN
      read:
        role: "arn:aws:iam::111122223333:role/audit"
        environment: [AWS_REGION]
        stateFolders: [../states, /srv/states]
        providers:
          hashicorp/aws: { endpoints: [{ s3: "http://cloud" }], max_retries: 12345678901234567890 }
          registry.example/own/dns: { __proto__: x }
      delivery: { principals: ["arn:aws:iam::111122223333:role/deploy-*"] }
      labels: { team: "payments & co", env: prod }
providers: [{ source: hashicorp/aws, hashes: ["${HASH}"], mirror: /mirror }]`);
    expect(configuration.watch).toMatchObject({
      stacks: [
        {
          kind: "repository",
          url: "https://git.example/infra.git",
          ref: "release/1.2",
          folders: ["network", "app"],
          fetchEveryMs: 30_000,
          tokenVariable: "GIT_TOKEN",
          read: { role: "arn:aws:iam::111122223333:role/audit", environment: ["AWS_REGION"] },
          delivery: { principals: ["arn:aws:iam::111122223333:role/deploy-*"] },
          labels: { team: "payments & co", env: "prod" },
        },
      ],
      providers: [{ source: "registry.terraform.io/hashicorp/aws", hashes: [HASH], mirror: "/mirror" }],
    });
    expect(configuration.warnings).toEqual([]);
    const { providerArguments, stateFolders } = configuration.watch.stacks[0]?.read ?? {};
    expect(stateFolders).toEqual(["/etc/states", "/srv/states"]);
    expect(providerArguments?.get("registry.example/own/dns")).toEqual(new Map([["__proto__", "x"]]));
    const ofAws = providerArguments?.get("registry.terraform.io/hashicorp/aws");
    expect(ofAws?.get("endpoints")).toEqual([{ s3: "http://cloud" }]);
    expect(ofAws?.get("max_retries")).toEqual(12345678901234567890n);
    expect(unsetVariables(configuration, { GIT_TOKNE: "x", AWS_REGION: "eu-west-1" })).toEqual([
      {
        code: "config_variable_unset",
        message: "the environment has no variable GIT_TOKEN",
        hint: "Did you mean GIT_TOKNE?",
        location: expect.objectContaining({ file: FILE, line: 8 }),
      },
    ]);
  });

  it.each([
    "git@git.example:team/infra.git",
    "ssh://git@git.example/infra.git",
    "file:///srv/git/infra.git",
    "https://git.example/infra.git",
  ])("takes the repository %s", async (url) => {
    const { watch } = await read(`watch: { stacks: [{ repository: '${url}', ref: main }] }`);
    expect(watch.stacks).toMatchObject([{ url }]);
  });

  it("says what no repository may ignore, each as a rule that takes it back", async () => {
    const { watch } = await read(
      "repositories:\n  neverIgnored: ['aws_iam_*', 'aws_security_group:ingress', '*']",
    );
    const origin = `${FILE}:3`;
    expect(watch.neverIgnored).toEqual([
      { type: "aws_iam_*", negate: true, origin },
      { type: "aws_security_group", path: "ingress", negate: true, origin },
      { negate: true, origin },
    ]);
  });

  it("warns of repositories for which no provider is allowed", async () => {
    const { warnings } = await read("watch: { stacks: [{ repository: 'https://g/x', ref: main }] }");
    expect(warnings).toMatchObject([{ code: "provider_not_allowed", location: { line: 2 } }]);
  });

  it("names event sources of every kind", async () => {
    const { watch } = await read(`events:
  - { name: bus, queue: "https://sqs.eu-west-1.amazonaws.com/111122223333/trail" }
  - { name: local, queue: "http://127.0.0.1:5000/123/q", aws: { region: us-east-1 }, expectedWithin: 1h }
  - { name: logs, trail: s3://trail-bucket/org, checkDigests: false }
  - { name: hook, http: { secretFile: hook.secret } }`);
    expect(watch.events).toEqual([
      {
        name: "bus",
        expectedWithinMs: 300_000,
        kind: "sqs",
        queueUrl: "https://sqs.eu-west-1.amazonaws.com/111122223333/trail",
        aws: { region: "eu-west-1" },
      },
      {
        name: "local",
        expectedWithinMs: 3_600_000,
        kind: "sqs",
        queueUrl: "http://127.0.0.1:5000/123/q",
        aws: { region: "us-east-1" },
      },
      {
        name: "logs",
        expectedWithinMs: 300_000,
        kind: "trail",
        bucket: "trail-bucket",
        prefix: "org",
        aws: {},
        checkDigests: false,
      },
      { name: "hook", expectedWithinMs: 86_400_000, kind: "http", secretFile: "/etc/aw/hook.secret" },
    ]);
  });

  it("names people, each rule with its line", async () => {
    const { watch } = await read(
      'identities:\n  - { sourceIdentity: "*@example.com", person: $1 }\n  - { principal: "arn:*:user/kim", person: Kim }',
    );
    expect(watch.identities).toEqual([
      { match: { by: "sourceIdentity", pattern: "*@example.com" }, person: "$1", origin: `${FILE}:3` },
      { match: { by: "principal", pattern: "arn:*:user/kim" }, person: "Kim", origin: `${FILE}:4` },
    ]);
  });

  it.each([
    ["wathc: {}", `${FILE}:2:1: the file has the unknown key “wathc”. Did you mean “watch”?`],
    [
      "watch: { stacks: [{ foldr: a }] }",
      "watch.stacks[0] has the unknown key “foldr”. Did you mean “folder”?",
    ],
    ["watch: { stacks: [{}] }", "watch.stacks[0]: expected one of folder, repository, found nothing"],
    ["watch: { stacks: [{ folder: a, repository: b }] }", "found folder and repository"],
    [
      "watch: { stacks: [{ folder: a, ref: main }] }",
      `${FILE}:2:32: watch.stacks[0].ref is nothing that a folder source has`,
    ],
    ["watch: { stacks: [{ folder: 'https://g/x' }] }", "watch.stacks[0].folder is an address, not a folder"],
    [
      "watch: { stacks: [{ folder: a, read: { stateFolders: [b] } }] }",
      `${FILE}:2:40: watch.stacks[0].read.stateFolders is for repositories alone`,
    ],
    [
      "watch: { stacks: [{ folder: a, read: { providers: {} } }] }",
      "read.providers is for repositories alone",
    ],
    [
      "watch: { stacks: [{ repository: 'https://g/x', ref: m, read: { providers: { aws: {} } } }] }",
      "watch.stacks[0].read.providers.aws is no valid name. Expected a provider such as hashicorp/aws",
    ],
    [
      "watch: { stacks: [{ repository: 'https://g/x', ref: m, read: { providers: { hashicorp/aws: { 'a b': 1 } } } }] }",
      "is no valid name. Expected the name of an argument",
    ],
    [
      "watch: { stacks: [{ repository: 'https://g/x', ref: m, read: { providers: { hashicorp/aws: {}, registry.terraform.io/hashicorp/aws: {} } } }] }",
      "registry.terraform.io/hashicorp/aws is there already",
    ],
    ["watch: { stacks: [{ repository: 'https://g/x' }] }", "watch.stacks[0] has no “ref”"],
    [
      "watch: { stacks: [{ repository: x, ref: m }] }",
      "watch.stacks[0].repository is no address of a git repository",
    ],
    ["watch: { stacks: [{ repository: 'ext::sh -c id', ref: m }] }", "is no address of a git repository"],
    ["watch: { stacks: [{ repository: '--upload-pack=id', ref: m }] }", "is no address of a git repository"],
    ["watch: { stacks: [{ repository: 'https://u@g/x', ref: m }] }", "holds a user name or password"],
    [
      "watch: { stacks: [{ repository: 'https://g/x', ref: --all }] }",
      "watch.stacks[0].ref is no name of a branch",
    ],
    [
      "watch: { stacks: [{ repository: 'https://g/x', ref: 'a..b' }] }",
      "watch.stacks[0].ref is no name of a branch",
    ],
    [
      "watch: { stacks: [{ repository: 'https://g/x', ref: m, folders: [../y] }] }",
      "watch.stacks[0].folders[0] leaves the repository",
    ],
    ["watch: { stacks: [{ repository: 'https://g/x', ref: m, folders: [/y] }] }", "leaves the repository"],
    [
      "watch: { stacks: [{ repository: 'git@g:x', ref: m, tokenVariable: T }] }",
      "tokenVariable is for https alone",
    ],
    [
      "watch: { stacks: [{ folder: a }, { folder: a/b }] }",
      "watch.stacks[1] and watch.stacks[0] would find the same stacks",
    ],
    [
      "watch: { stacks: [{ folder: a, sweepEvery: 3 days }] }",
      "watch.stacks[0].sweepEvery: expected a duration such as 90s or 5m",
    ],
    ["watch: { sweepEvery: 0s }", "watch.sweepEvery: 0s is no time to wait"],
    [
      "watch: { stacks: [{ folder: a, read: { role: admin } }] }",
      "watch.stacks[0].read.role is no ARN of a role",
    ],
    [
      "watch: { stacks: [{ folder: a, read: { environment: [A B] } }] }",
      "expected the name of an environment variable",
    ],
    [
      "watch: { stacks: [{ folder: a, read: { environment: [DATABASE_URL] } }] }",
      "DATABASE_URL is the server's own, and no provider gets it",
    ],
    [
      'watch: { stacks: [{ folder: a, labels: { team: "a\\u0000" } }] }',
      "watch.stacks[0].labels.team is empty or holds control characters",
    ],
    [
      "watch: { stacks: [{ folder: a, delivery: { principals: [deploy] } }] }",
      "watch.stacks[0].delivery.principals[0] is no ARN",
    ],
    [
      "watch: { stacks: [{ folder: a, delivery: { principals: ['*'] } }] }",
      "is no ARN of a role, a user or a session",
    ],
    [
      "watch: { stacks: [{ folder: a, delivery: { principals: ['arn:aws:iam::111122223333:root'] } }] }",
      "is no ARN of a role",
    ],
    [
      "watch: { stacks: [{ folder: a, delivery: { principals: ['arn:aws:iam::1:role/*'] } }] }",
      "would be everybody",
    ],
    [
      "watch: { stacks: [{ folder: a, delivery: { principals: ['arn:aws:sts::1:assumed-role/*/*'] } }] }",
      "would be everybody",
    ],
    [
      "events: [{ name: a b, queue: 'https://x/1/q' }]",
      "events[0].name: expected a name of letters, digits and . _ -",
    ],
    ["events: [{ name: a }]", "events[0]: expected one of queue, trail, http, found nothing"],
    [
      "events: [{ name: a, queue: 'https://x/1/q', checkDigests: true }]",
      "events[0].checkDigests is nothing that a queue source has",
    ],
    ["events: [{ name: a, queue: 'arn:aws:sqs:eu-west-1:1:q' }]", "That is its ARN"],
    ["events: [{ name: a, queue: 'https://x/q?token=1' }]", "events[0].queue is no address of a queue"],
    ["events: [{ name: a, trail: bucket }]", "events[0].trail is no place in S3"],
    [
      "events: [{ name: a, http: { secretFile: whsec_AAAA } }]",
      "events[0].http.secretFile is the secret itself",
    ],
    [
      "events:\n  - { name: a, trail: 's3://bucket/x' }\n  - { name: a, http: { secretFile: f } }",
      `${FILE}:4:13: the name “a” is already taken in line 3`,
    ],
    [
      "identities: [{ person: Kim }]",
      "identities[0]: expected one of sourceIdentity, sessionName, principal, found nothing",
    ],
    ["identities: [{ principal: a, sessionName: b, person: Kim }]", "found sessionName and principal"],
    ["identities: [{ sessionName: kim, person: $1 }]", "sessionName has no * that it could stand for"],
    ["identities: [{ sessionName: '*', person: $2 }]", "Only $1 stands for something"],
    [
      "providers: [{ source: aws, hashes: [] }]",
      "providers[0].source: expected a provider such as hashicorp/aws",
    ],
    ["providers: [{ source: hashicorp/aws, hashes: [] }]", "providers[0].hashes: expected at least 1"],
    [
      "providers: [{ source: hashicorp/aws, hashes: ['sha256:00'] }]",
      "expected a hash as in .terraform.lock.hcl",
    ],
    [
      `providers:\n  - { source: hashicorp/aws, hashes: ['${HASH}'] }\n  - { source: registry.terraform.io/hashicorp/aws, hashes: ['${HASH}'] }`,
      "registry.terraform.io/hashicorp/aws stands in line 3 already",
    ],
    [
      "limits: { providerMemory: lots }",
      'limits.providerMemory: expected a size such as 500MB or 2GiB, found "lots"',
    ],
    ["repositories: { neverIgnored: [aws_vpc, '!aws_iam_role'] }", "neverIgnored[1] begins with !"],
    ["repositories: { neverIgnored: ['aws_vpc:'] }", "expected a path after"],
    ["repositories: { ignores: none }", "repositories has the unknown key “ignores”"],
    ["database: { keep: { events: 14d } }", "database.keep.events: 14d is shorter than 15d"],
    ["limits: { checks: 0 }", "limits.checks: expected at least 1, found 0"],
    ["server: { port: 70000 }", "server.port: expected at most 65535, found 70000"],
    ["server: { hots: 0.0.0.0 }", "server has the unknown key “hots”. Did you mean “host”?"],
  ])("%j is refused where it is wrong", async (lines, words) => {
    expect(await problems(lines)).toContain(words);
  });

  it.each([
    "watch: { stacks: [{ repository: 'https://ada:hunter2@g/x', ref: main }] }",
    "watch: { stacks: [{ repository: 'https://g/x?token=hunter2', ref: main }] }",
    "watch: { stacks: [{ repository: ['https://hunter2@g/x'], ref: main }] }",
    "watch: { stacks: [{ repository: 'https://g/x', ref: main, tokenVariable: hunter2-token }] }",
    "watch: { stacks: [{ repository: 'https://g/x', ref: main, token: hunter2 }] }",
    "events: [{ name: a, queue: 'https://u:hunter2@sqs/1/q' }]",
    "events: [{ name: a, http: { secretFile: whsec_hunter2 } }]",
    "events: [{ name: a, http: whsec_hunter2 }]",
    "events: [{ name: a, http: { secret: hunter2 } }]",
  ])("a secret in the wrong place is not repeated: %j", async (lines) => {
    const found = await problems(lines);
    expect(found).not.toBe("");
    expect(found).not.toContain("hunter2");
  });
});
