import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { findStackPlaces } from "./find.ts";
import { type SpecSurroundings, specOf } from "./specOf.ts";
import type { Trust } from "./trust.ts";

const OWN: Trust = { kind: "own" };

async function specs(files: Readonly<Record<string, string>>, more: Partial<SpecSurroundings> = {}) {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "aw-spec-")));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  const around = { root, trust: OWN, read: { environment: [] }, environment: {}, ...more };
  const { places } = await findStackPlaces(root, { label: "infra", isOwn: true });
  return { root, specs: () => Promise.all(places.map((place) => specOf(place, around))) };
}

function untrusted(root: string): Trust {
  return {
    kind: "untrusted",
    root,
    environment: {},
    emptyHome: "/nowhere",
    allowedProviders: undefined,
    readCredentials: { environment: [] },
  };
}

const DECLARED = `version: 1
stacks:
  - name: net
    path: network
    workspace: eu
    state: network/a.tfstate
    varFiles: [eu.tfvars]
    inputs: {size: 3}
ignore: [aws_instance]
deadlines: {aws_instance: 20m}
concurrency: 7
`;

test("what a file declares of a stack is how it is checked", async () => {
  const made = await specs({
    "anchorwatch.yaml": DECLARED,
    ".driftignore": "",
    "eu.tfvars": "",
    "network/.driftignore": "",
    "network/a.tfstate": "{}",
  });
  const { root } = made;
  expect(await made.specs()).toMatchObject([
    {
      trust: OWN,
      request: {
        dir: join(root, "network"),
        workingDirectory: root,
        stackName: "net",
        workspace: "eu",
        stateFile: join(root, "network/a.tfstate"),
        variables: [
          { kind: "file", path: join(root, "eu.tfvars"), origin: "anchorwatch.yaml:3" },
          { kind: "value", name: "size", value: 3 },
        ],
        ignore: [{ type: "aws_instance" }],
        ignoreFiles: [join(root, ".driftignore"), join(root, "network/.driftignore")],
        deadlines: new Map([["aws_instance", 1_200_000]]),
        concurrency: 7,
        pending: "literal",
      },
    },
  ]);
});

test("a stranger's stack has no environment of ours, and no read of it may take longer than ten minutes", async () => {
  const made = await specs(
    { "anchorwatch.yaml": DECLARED, "eu.tfvars": "", "network/a.tfstate": "{}" },
    { trust: untrusted("/nowhere"), environment: { AWS_PROFILE: "mine" }, revision: "abc" },
  );
  expect(await made.specs()).toMatchObject([
    { revision: "abc", request: { environment: {}, deadlines: new Map([["aws_instance", 600_000]]) } },
  ]);
});

test("the operator's own stacks get his environment and his credentials, but not the way to our database", async () => {
  const made = await specs(
    { "main.tf": 'terraform {\n  backend "s3" {}\n}\n' },
    {
      read: { environment: [], role: "arn:role", profile: "reader" },
      environment: {
        AWS_REGION: "eu-west-1",
        DATABASE_URL: "postgres://db",
        PGPASSWORD: "hunter2",
        ANCHORWATCH_SERVER: "x",
        ANCHORWATCH_CACHE_DIR: "/cache",
      },
    },
  );
  const [spec] = await made.specs();
  expect(spec?.request).toMatchObject({ readRole: "arn:role", profile: "reader" });
  expect(spec?.request.environment).toEqual({ AWS_REGION: "eu-west-1", ANCHORWATCH_CACHE_DIR: "/cache" });
});

test("a state or a file of variables that is a link out of the repository is refused with its line", async () => {
  for (const name of ["network/a.tfstate", "eu.tfvars"]) {
    const files = { "anchorwatch.yaml": DECLARED, "eu.tfvars": "", "network/a.tfstate": "{}" };
    const made = await specs(files);
    rmSync(join(made.root, name));
    symlinkSync("/etc/passwd", join(made.root, name));
    await expect(made.specs()).rejects.toMatchObject({
      code: "config_invalid",
      location: { file: "anchorwatch.yaml", line: 3 },
    });
  }
});
