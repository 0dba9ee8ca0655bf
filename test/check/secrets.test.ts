/** Secrets of every kind are planted, everything goes wrong that could print them, and none may come out anywhere. */
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  type Fault,
  type StackFixture,
  setFaults,
  type WrittenStack,
} from "../reference-provider/fixtures.ts";
import { type Checked, editLive, objectOf, topic, type Workbench, workbench } from "./workbench.ts";

const FORMATS = ["text", "json", "sarif", "junit", "markdown"];

/** What must never be seen. Each has a word of its own in it, so that also a part of it is noticed. */
const SECRET = {
  password: 'canary-password-"1"<&>/+ü',
  newPassword: "canary-changed-elsewhere",
  nestedKey: "canary-nested-key",
  multiLine: "-----BEGIN KEY-----\ncanary-first-line\ncanary-second-line\n-----END KEY-----\n",
  objectMap: "canary-of-a-map",
  marked: "canary-marked-by-state",
  ruled: "canary-ruled-by-yaml",
  output: "canary-of-an-output",
  token: "canary-token-of-the-provider",
  externalId: "canary-external-id",
  environment: "canary-environment-token",
  proxy: "canary-proxy-password",
  variable: "canary-sensitive-variable",
  private: "canary-private-bytes",
};

const estate: StackFixture = {
  provider: {
    region: "eu-2",
    token: SECRET.token,
    assume_role: [{ role_arn: "arn:aws:iam::123456789012:role/r", external_id: SECRET.externalId }],
  },
  resources: [
    {
      type: "reference_database",
      name: "main",
      set: {
        identifier: "main",
        engine: "postgres",
        username: "admin",
        password: SECRET.password,
        size: 1,
        settings: { secret_key: SECRET.nestedKey },
      },
    },
    {
      type: "reference_database",
      name: "keys",
      set: { identifier: "keys", engine: "postgres", password: SECRET.multiLine, size: 1 },
    },
    {
      type: "reference_object",
      name: "data",
      set: { name: "data", secrets: { k: SECRET.objectMap }, document: "{}" },
    },
    topic("marked", { set: { name: "marked", display_name: SECRET.marked } }),
    topic("ruled", { set: { name: "ruled", tags: { note: SECRET.ruled } } }),
    topic("copies", { set: { name: "copies", display_name: "harmless" } }),
    topic("declared", { set: { name: "declared", display_name: "Deployed" } }),
  ],
  extraCode: 'variable "secret" {\n  sensitive = true\n}\n',
};

/** What somebody may have copied elsewhere. Private bytes are the provider's own, and nobody sees them to copy them. */
const COPIES = Object.entries(SECRET)
  .filter(([name]) => name !== "private" && name !== "newPassword")
  .flatMap(([, secret]) => spellings(secret));

/** The secret as it stands, in JSON, in URLs and in base64, alone and after other text. */
function spellings(secret: string): readonly string[] {
  return [
    secret,
    JSON.stringify({ secret }),
    encodeURIComponent(secret),
    Buffer.from(secret).toString("base64"),
    Buffer.from(`user:${secret}`).toString("base64"),
  ];
}

async function plantedStack(bench: Workbench): Promise<WrittenStack> {
  const stack = await bench.stack(estate, { startFaults: ["stderr_secret"] });
  const state = JSON.parse(readFileSync(stack.statePath, "utf8")) as State;
  for (const resource of state.resources) {
    for (const instance of resource.instances) {
      if (resource.name === "marked") {
        instance.sensitive_attributes = [[{ type: "get_attr", value: "display_name" }]];
      }
      // What the provider needs of its private data comes first.
      const kept = Buffer.from(instance.private ?? "", "base64").toString("utf8");
      if (resource.type === "reference_topic") {
        instance.private = Buffer.from(`${kept}${SECRET.private}`).toString("base64");
      }
    }
  }
  state.outputs["secret"] = { value: { inner: [SECRET.output] }, type: "dynamic", sensitive: true };
  writeFileSync(stack.statePath, JSON.stringify(state));
  const code = readFileSync(`${stack.dir}/main.tf`, "utf8");
  bench.write("stack/main.tf", code.replace('display_name = "Deployed"', "display_name = var.secret"));
  bench.write(
    "stack/anchorwatch.yaml",
    'version: 1\nsensitive:\n  - {type: reference_topic, path: "tags.note"}\n',
  );
  return stack;
}

interface State {
  readonly outputs: Record<string, unknown>;
  readonly resources: readonly {
    readonly type: string;
    readonly name: string;
    readonly instances: readonly { sensitive_attributes?: unknown; private?: string }[];
  }[];
}

/** Everything drifts, and one unmarked attribute repeats every secret in every spelling. */
function driftEverywhere(stack: WrittenStack): void {
  editLive(stack, "reference_database.main", (live) => ({
    ...live,
    password: SECRET.newPassword,
    settings: { ...(live["settings"] as object), secret_key: SECRET.newPassword, collation: "latin1" },
    username: SECRET.password,
  }));
  editLive(stack, "reference_database.keys", (live) => ({ ...live, password: "canary-changed-elsewhere" }));
  editLive(stack, "reference_object.data", (live) => ({
    ...live,
    secrets: { k: SECRET.newPassword, "canary-changed-elsewhere": "v" },
    document: JSON.stringify({ start: COPIES }),
  }));
  editLive(stack, "reference_topic.marked", (live) => ({ ...live, display_name: SECRET.newPassword }));
  editLive(stack, "reference_topic.ruled", (live) => ({ ...live, tags: { note: SECRET.newPassword } }));
  editLive(stack, "reference_topic.copies", (live) => ({
    ...live,
    display_name: `start --password ${SECRET.password} ${COPIES.join(" ")}`,
    tags: { [SECRET.nestedKey]: "key" },
  }));
}

const ENVIRONMENT = {
  MY_TOKEN: SECRET.environment,
  HTTPS_PROXY: `http://me:${SECRET.proxy}@127.0.0.1:9`,
  TF_VAR_secret: SECRET.variable,
};

/** Words that are in every spelling of a canary, base64 of them at each of its three offsets included. */
const TRACES: readonly string[] = [
  "canary",
  ...[0, 1, 2].map((n) => {
    const encoded = Buffer.concat([Buffer.alloc(n), Buffer.from("canary-")]).toString("base64");
    return encoded.slice(Math.ceil((n * 8) / 6), Math.floor(((n + 7) * 8) / 6));
  }),
];

function expectNoTrace({ stdout, stderr }: Pick<Checked, "stdout" | "stderr">): void {
  for (const text of [stdout, stderr]) {
    for (const trace of TRACES) {
      const at = text.indexOf(trace);
      expect(at < 0 ? "" : text.slice(Math.max(0, at - 200), at + 120)).toBe("");
    }
  }
}

function expectNothingOnDisk(folder: string): void {
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    const path = join(folder, name);
    if (!statSync(path).isFile()) continue;
    const content = readFileSync(path, "latin1");
    expect(`${name}: ${TRACES.filter((trace) => content.includes(trace) || name.includes(trace))}`).toBe(
      `${name}: `,
    );
  }
}

describe("planted secrets are in no report", () => {
  test("of an estate where everything drifted, in any format, nor in any file of the cache", async () => {
    const bench = workbench();
    const stack = await plantedStack(bench);
    driftEverywhere(stack);
    for (const format of FORMATS) {
      const checked = await bench.check([stack.dir, "--all", "--format", format], { env: ENVIRONMENT });
      expect(checked.status).toBe(2);
      expect(checked.stdout).toContain("reference_topic.copies");
      expectNoTrace(checked);
    }
    expectNothingOnDisk(bench.cache);
  });

  test("that tells of in-sync resources and pending changes", async () => {
    const bench = workbench();
    const stack = await plantedStack(bench);
    const checked = await bench.report([stack.dir, "--all"], { env: ENVIRONMENT });
    expect(checked.report.pending).toMatchObject([
      { address: "reference_topic.declared", changes: [{ path: ["display_name"], sensitive: true }] },
    ]);
    expectNoTrace(checked);
  });

  test.each<[string, Partial<Fault>]>([
    ["by a provider that logs its environment and crashes", { kind: "crash" }],
    ["by errors that quote them", { kind: "error", message: `cannot connect with ${COPIES.join(" ")}` }],
  ])("%s", async (_, fault) => {
    const bench = workbench();
    const stack = await plantedStack(bench);
    const { id } = objectOf(stack, "reference_topic.copies");
    setFaults(stack.storePath, [{ kind: "crash", call: "ReadResource", id, ...fault }]);
    for (const format of ["text", "json"]) {
      const checked = await bench.check([stack.dir, "--all", "--format", format], { env: ENVIRONMENT });
      expect(checked.status).toBe(1);
      expect(checked.stdout).toContain("(sensitive)");
      expectNoTrace(checked);
    }
    expectNothingOnDisk(bench.cache);
  });

  test("when no read succeeds, before any value was compared", async () => {
    const bench = workbench();
    const stack = await plantedStack(bench);
    setFaults(stack.storePath, [
      {
        kind: "error",
        call: "ReadResource",
        message: `failed: ${SECRET.password} ${SECRET.nestedKey} ${SECRET.token}`,
      },
    ]);
    const checked = await bench.check([stack.dir, "--format", "json"], { env: ENVIRONMENT });
    expect(checked.status).toBe(1);
    expectNoTrace(checked);
  });

  test("when the configuration is refused with a message that quotes it", async () => {
    const bench = workbench();
    const stack = await plantedStack(bench);
    setFaults(stack.storePath, [
      {
        kind: "error",
        call: "ConfigureProvider",
        message: `bad token ${SECRET.token}, bad id ${SECRET.externalId}`,
      },
    ]);
    const checked = await bench.check([stack.dir], { env: ENVIRONMENT });
    expect(checked.stdout).toContain("bad token (sensitive), bad id (sensitive)");
    expectNoTrace(checked);
  });

  test("when code with a secret in it cannot be parsed", async () => {
    const bench = workbench();
    const stack = await plantedStack(bench);
    bench.write("stack/broken.tf", `locals {\n  password = "canary-in-broken-code\n}\n`);
    const code = await bench.check([stack.dir], { env: ENVIRONMENT });
    expect(code.stdout).toMatch(/broken\.tf:\d/);
    expectNoTrace(code);
    bench.write("stack/secret.auto.tfvars", `secret = "canary-in-tfvars" }\n`);
    const variables = await bench.check([stack.dir], { env: ENVIRONMENT });
    expect(variables.stderr).toMatch(/secret\.auto\.tfvars:1/);
    expectNoTrace(variables);
  });
});

test("a provider that starts with its secrets on stderr and dies shows them masked", async () => {
  const bench = workbench();
  const stack = await bench.stack(estate, { startFaults: ["stderr_secret", "handshake_garbage"] });
  const checked = await bench.run([stack.dir, "--var", `secret=${SECRET.variable}`], { env: ENVIRONMENT });
  expect(checked.stdout).toContain("It printed: ");
  expectNoTrace(checked);
});
