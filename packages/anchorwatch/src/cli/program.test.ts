import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AnchorwatchError } from "../domain/errors.ts";
import { checkResult, driftedNetwork, queuePending, resource } from "./formats/checkResult.fixture.ts";
import { runProgram } from "./program.ts";
import { manualSignals, memoryStream, run, stillSurroundings } from "./testSurroundings.fixture.ts";

let folder: string;

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "anchorwatch-cli-")));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const check = (argv: readonly string[], options: Parameters<typeof run>[1] = {}) =>
  run(["check", ...argv], { workingDirectory: folder, ...options });

const CHANGED = checkResult([resource("a.b", { verdict: "changed" })]);

describe("help", () => {
  it.each([
    [["--help"], "anchorwatch check infra/network"],
    [["check", "--help"], "anchorwatch check --format sarif --output drift.sarif"],
    [["help", "check"], "Exit status:"],
    [["config", "--help"], "anchorwatch config validate"],
    [["config", "validate", "--help"], "anchorwatch config validate infra/anchorwatch.yaml"],
  ])("of %j has examples", async (argv, example) => {
    const { status, stdout, stderr } = await run(argv);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toContain("Examples:");
    expect(stdout).toContain(example);
  });

  it("names every flag of check", async () => {
    const { stdout } = await check(["--help"]);
    for (const flag of [
      "state",
      "target",
      "format",
      "output",
      "all",
      "concurrency",
      "timeout",
      "var",
      "var-file",
      "pending",
      "strict",
      "ignore",
      "read-role",
      "profile",
      "ledger",
      "server",
      "config",
      "no-color",
    ]) {
      expect(stdout).toContain(`--${flag}`);
    }
  });

  it("is shown when nothing is asked", async () => {
    const { status, stderr } = await run([]);
    expect(status).toBe(1);
    expect(stderr).toContain("Usage: anchorwatch");
  });

  it("is not needed to see the version", async () => {
    expect(await run(["--version"])).toMatchObject({ status: 0, stdout: "1.2.3\n" });
  });
});

describe("a wrong command line", () => {
  it.each([
    [["--fromat", "json"], "unknown option '--fromat'"],
    [["--format", "yaml"], "Allowed choices are text, json, sarif, junit, markdown."],
    [["--concurrency", "0"], "Expected a whole number from 1 to 1000."],
    [["--concurrency", "many"], "Expected a whole number from 1 to 1000."],
    [["--timeout", "90"], "Expected a duration with its unit, such as 90s, 5m or 1h30m."],
    [["--var", "region"], "Expected NAME=VALUE, such as region=eu-west-1."],
    [["--var-file", ""], "Expected a name, found nothing."],
    [["--target", "web"], "Expected an address such as aws_instance.web"],
    [["--ignore", "*"], "Expected a type, an address or a path"],
    [
      ["--read-role", "audit"],
      "Expected the ARN of a role, such as arn:aws:iam::123456789012:role/anchorwatch-read.",
    ],
    [["--state"], "argument missing"],
    [["a", "b"], "too many arguments"],
  ])("%j exits with 1 and says what was expected", async (argv, message) => {
    const { status, stdout, stderr, requests } = await check(argv);
    expect({ status, stdout, requests }).toEqual({ status: 1, stdout: "", requests: [] });
    expect(stderr).toContain(message);
    expect(stderr).toContain("See “anchorwatch check --help” for examples.");
  });

  it("suggests the command that was meant", async () => {
    const { status, stderr } = await run(["chekc"]);
    expect(status).toBe(1);
    expect(stderr).toContain("Did you mean check?");
  });
});

describe("what a check is asked for", () => {
  it("is the working directory, with code, when nothing else is said", async () => {
    const { requests } = await check([]);
    expect(requests).toEqual([
      {
        dir: folder,
        withCode: true,
        workingDirectory: folder,
        targets: [],
        variables: [],
        ignore: [],
        ignoreFiles: [],
        sensitive: [],
        providerValues: new Map(),
        pending: "literal",
        policy: expect.any(Function),
        deadlines: new Map(),
        trigger: "manual",
        environment: {},
      },
    ]);
  });

  it("holds every flag, variables in the order given", async () => {
    await mkdir(join(folder, "infra"));
    const argv = [
      "infra",
      "--state",
      "x.tfstate",
      "--target",
      "a.b",
      "--target",
      "module.c",
      "--concurrency",
      "7",
      "--timeout",
      "1m30s",
    ];
    argv.push(
      "--var",
      "a=1=2",
      "--var-file",
      "x.tfvars",
      "--var",
      "a=",
      "--pending",
      "--ignore",
      "aws_x:tags",
      "--ignore",
      "!a.b",
    );
    argv.push("--read-role", "arn:aws:iam::123456789012:role/read", "--profile", "audit");
    const { requests } = await check(argv, { environment: { CI: "true", HOME: "/root" } });
    expect(requests[0]).toEqual({
      dir: join(folder, "infra"),
      withCode: true,
      workingDirectory: folder,
      stateFile: join(folder, "x.tfstate"),
      targets: ["a.b", "module.c"],
      variables: [
        { kind: "text", name: "a", text: "1=2", origin: "--var" },
        { kind: "file", path: join(folder, "x.tfvars"), origin: "--var-file" },
        { kind: "text", name: "a", text: "", origin: "--var" },
      ],
      ignore: [
        { type: "aws_x", path: "tags", negate: false, origin: "--ignore" },
        { address: "a.b", negate: true, origin: "--ignore" },
      ],
      ignoreFiles: [],
      sensitive: [],
      providerValues: new Map(),
      pending: "plan",
      policy: expect.any(Function),
      concurrency: 7,
      timeoutMs: 90_000,
      deadlines: new Map(),
      readRole: "arn:aws:iam::123456789012:role/read",
      profile: "audit",
      trigger: "ci",
      environment: { CI: "true", HOME: "/root" },
    });
  });

  it("is a state alone with --state and no folder", async () => {
    const { requests } = await check(["--state", "x.tfstate"]);
    expect(requests[0]).toMatchObject({ withCode: false, dir: folder, stateFile: join(folder, "x.tfstate") });
  });

  it("is filled from anchorwatch.yaml; flags come after it and win", async () => {
    await mkdir(join(folder, "infra/net"), { recursive: true });
    await writeFile(join(folder, "infra/net/prod.tfvars"), "");
    await writeFile(join(folder, "infra/net/.driftignore"), "");
    await writeFile(join(folder, ".driftignore"), "");
    await writeFile(join(folder, "infra/net/prod.tfstate"), "");
    await writeFile(
      join(folder, "anchorwatch.yaml"),
      `version: 1
concurrency: 5
deadlines: { aws_sqs_queue: 60s }
ignore: ["aws_x:tags"]
sensitive: [{ path: secret }]
stacks:
  - name: net
    path: infra/net
    workspace: prod
    state: infra/net/prod.tfstate
    varFiles: [infra/net/prod.tfvars]
    inputs: { region: eu-west-1 }
    providers: { aws: { region: eu-west-1 } }
`,
    );
    const { requests } = await check(["net", "--var", "region=x", "--ignore", "a.b", "--concurrency", "9"]);
    expect(requests[0]).toMatchObject({
      dir: join(folder, "infra/net"),
      stackName: "net",
      workspace: "prod",
      stateFile: join(folder, "infra/net/prod.tfstate"),
      variables: [
        { kind: "file", path: join(folder, "infra/net/prod.tfvars"), origin: "anchorwatch.yaml:7" },
        { kind: "value", name: "region", value: "eu-west-1" },
        { kind: "text", name: "region", text: "x" },
      ],
      ignore: [
        { type: "aws_x", origin: "anchorwatch.yaml:4" },
        { address: "a.b", origin: "--ignore" },
      ],
      ignoreFiles: [join(folder, ".driftignore"), join(folder, "infra/net/.driftignore")],
      sensitive: [{ path: "secret" }],
      deadlines: new Map([["aws_sqs_queue", 60_000]]),
      concurrency: 9,
    });
    expect(requests[0]?.providerValues.get("aws")?.values.get("region")).toBe("eu-west-1");
  });

  it("is nothing when the configuration is wrong or missing: no check is made", async () => {
    const missing = await check(["--config", "none.yaml"]);
    expect(missing).toMatchObject({ status: 1, requests: [] });
    expect(missing.stderr).toContain("anchorwatch: none.yaml cannot be read");
    await writeFile(join(folder, "anchorwatch.yaml"), "version: 1\nstakcs: []");
    const wrong = await check([]);
    expect(wrong).toMatchObject({ status: 1, requests: [], stdout: "" });
    expect(wrong.stderr).toContain(
      "anchorwatch.yaml:2:1: the file has the unknown key “stakcs”. Did you mean “stacks”?",
    );
  });
});

describe("the exit status", () => {
  it.each([
    ["no drift", checkResult([resource("a.b")]), [], 0],
    ["drift", CHANGED, [], 2],
    ["an incomplete check", driftedNetwork(), [], 1],
    ["pending changes", checkResult([], { pending: [queuePending()] }), [], 0],
    ["pending changes with --strict", checkResult([], { pending: [queuePending()] }), ["--strict"], 2],
  ])("of %s", async (_, result, argv, status) => {
    for (const format of ["text", "json", "sarif", "junit", "markdown"]) {
      expect((await check([...argv, "--format", format], { result })).status).toBe(status);
    }
  });
});

describe("an error of the check", () => {
  it("is told with its place, what to do and its code, on stderr alone", async () => {
    const error = new AnchorwatchError("internal", "no such thing\nreally", {
      hint: "Do\u001b this.",
      location: { file: "x.tf", line: 3 },
    });
    const { status, stdout, stderr } = await check(["--format", "json"], {
      check: () => Promise.reject(error),
    });
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toBe("anchorwatch: x.tf:3: no such thing\n  really\n  Do\\u001b this.\n  (internal)\n");
  });

  it("that nobody foresaw is a defect, and its stack is shown only when asked", async () => {
    const options = { check: () => Promise.reject(new TypeError("undefined is not a function")) };
    const { status, stderr } = await check([], options);
    expect(status).toBe(1);
    expect(stderr).toContain("anchorwatch: undefined is not a function\n  A defect of Anchorwatch itself.");
    expect(stderr).not.toContain("program.test.ts");
    expect((await check([], { ...options, environment: { ANCHORWATCH_DEBUG: "1" } })).stderr).toContain(
      "program.test.ts",
    );
  });
});

describe("--output", () => {
  it("writes the report to the file, and a summary to stderr", async () => {
    const { status, stdout, stderr } = await check(["--format", "json", "--output", "drift.json"], {
      result: CHANGED,
    });
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(JSON.parse(await readFile(join(folder, "drift.json"), "utf8"))).toMatchObject({
      schema: "anchorwatch.check/v1",
    });
    expect(stderr).toContain("Drift: 1 of 1 resource is not as deployed.");
    expect(stderr).toContain("The report is in drift.json.");
    expect(await readdir(folder)).toEqual(["drift.json"]);
  });

  it("to a place that cannot be written fails before the check begins", async () => {
    const { status, stderr, requests } = await check(["--output", "reports/drift.json"]);
    expect({ status, requests }).toEqual({ status: 1, requests: [] });
    expect(stderr).toContain(
      "reports/drift.json cannot be written: its folder does not exist\n  Create the folder first: mkdir -p reports",
    );
  });

  it("leaves the old report and nothing else when the check fails", async () => {
    await writeFile(join(folder, "drift.json"), "old");
    const { status } = await check(["--output", "drift.json"], {
      check: () => Promise.reject(new AnchorwatchError("internal", "no")),
    });
    expect(status).toBe(1);
    expect(await readFile(join(folder, "drift.json"), "utf8")).toBe("old");
    expect(await readdir(folder)).toEqual(["drift.json"]);
  });

  it("has no colours, even on a terminal", async () => {
    await check(["--output", "drift.txt"], { result: CHANGED, terminal: true });
    expect(await readFile(join(folder, "drift.txt"), "utf8")).not.toContain("\u001b");
  });
});

describe("a warning of the check", () => {
  const warnings = [
    {
      code: "code_syntax",
      message: "this is not HCL\u001b[2J",
      hint: "Correct it.",
      location: { file: "main.tf", line: 3 },
    },
  ] as const;

  it.each(["sarif", "junit", "markdown"])("goes to stderr where the report is %s", async (format) => {
    const { status, stderr } = await check(["--format", format], { result: checkResult([], { warnings }) });
    expect({ status, stderr }).toEqual({
      status: 0,
      stderr: "anchorwatch: main.tf:3: warning: this is not HCL\\u001b[2J\n  Correct it.\n  (code_syntax)\n",
    });
  });

  it.each(["text", "json"])("stands in the report where that is %s", async (format) => {
    const { stdout, stderr } = await check(["--format", format], { result: checkResult([], { warnings }) });
    expect(stdout).toContain("this is not HCL");
    expect(stderr).toBe("");
  });
});

describe("a standard output that takes nothing", () => {
  it("is told, and ends with 1 although there is drift", async () => {
    const stdout = memoryStream();
    const stderr = memoryStream();
    stdout._write = (_chunk, _encoding, done) =>
      done(Object.assign(new AnchorwatchError("internal", "write ENOSPC"), { code: "ENOSPC" }));
    const status = await runProgram(["check"], {
      ...stillSurroundings(),
      stdout,
      stderr,
      workingDirectory: folder,
      checkStack: async () => CHANGED,
    });
    expect(status).toBe(1);
    expect(stderr.text()).toBe(
      "anchorwatch: the standard output cannot be written: no space is left\n  Send it elsewhere, or use --output.\n  (output_unwritable)\n",
    );
  });
});

describe("colours", () => {
  it("are for terminals", async () => {
    expect((await check([], { result: CHANGED, terminal: true })).stdout).toContain("\u001b[1ma.b");
    expect((await check([], { result: CHANGED })).stdout).not.toContain("\u001b");
    expect((await check(["--no-color"], { result: CHANGED, terminal: true })).stdout).not.toContain("\u001b");
  });
});

describe("a signal", () => {
  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("%s stops the check, leaves no report and exits with %d", async (signal, expected) => {
    const signals = manualSignals();
    const [stdout, stderr] = [memoryStream(), memoryStream()];
    let stopped = false;
    const status = await runProgram(["check", "--output", "drift.json"], {
      ...stillSurroundings(),
      ...signals,
      stdout,
      stderr,
      workingDirectory: folder,
      checkStack: (_request, on) =>
        new Promise((_resolve, reject) => {
          on.signal.addEventListener("abort", () => {
            stopped = true;
            reject(new AnchorwatchError("internal", "stopped"));
          });
          signals.send(signal);
        }),
    });
    expect({ status, stopped, listening: signals.listening() }).toEqual({
      status: expected,
      stopped: true,
      listening: 0,
    });
    expect(stderr.text()).toBe("anchorwatch: interrupted before the check was done; there is no report.\n");
    expect(await readdir(folder)).toEqual([]);
  });
});

describe("a reader that goes away", () => {
  it("changes nothing about the exit status", async () => {
    const stdout = memoryStream();
    stdout.write = ((_text: string, done?: (error?: Error) => void) => {
      const error = Object.assign(new AnchorwatchError("internal", "write EPIPE"), { code: "EPIPE" });
      stdout.emit("error", error);
      done?.(error);
      return false;
    }) as typeof stdout.write;
    const status = await runProgram(["check"], {
      ...stillSurroundings(),
      stdout,
      workingDirectory: folder,
      checkStack: async () => CHANGED,
    });
    expect(status).toBe(2);
  });
});

describe("config validate", () => {
  it("prints OK and what the file holds", async () => {
    await mkdir(join(folder, "infra"));
    await writeFile(
      join(folder, "anchorwatch.yaml"),
      "version: 1\nstacks: [{ name: a, path: infra }]\nignore: [aws_x]",
    );
    expect(await run(["config", "validate"], { workingDirectory: folder })).toMatchObject({
      status: 0,
      stdout: "anchorwatch.yaml: OK (1 stack, 1 rule)\n",
      stderr: "",
    });
  });

  it("prints every problem with its line", async () => {
    await writeFile(join(folder, "x.yaml"), "version: 2\nstakcs: []\n");
    const { status, stdout, stderr } = await run(["config", "validate", "x.yaml"], {
      workingDirectory: folder,
    });
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toBe(
      "x.yaml:1:10: version: expected 1, found 2\n" +
        "x.yaml:2:1: the file has the unknown key “stakcs”. Did you mean “stacks”?\n" +
        "x.yaml: 2 problems\n",
    );
  });

  it("finds folders and files that do not exist", async () => {
    await writeFile(join(folder, "anchorwatch.yaml"), "version: 1\nstacks:\n  - { name: a, path: nowhere }");
    const { status, stderr } = await run(["config", "validate"], { workingDirectory: folder });
    expect(status).toBe(1);
    expect(stderr).toContain("anchorwatch.yaml:3: the stack names nowhere, which cannot be opened");
  });

  it("says so when there is no file", async () => {
    const { status, stderr } = await run(["config", "validate"], { workingDirectory: folder });
    expect(status).toBe(1);
    expect(stderr).toContain("there is no anchorwatch.yaml here or in the repository around");
  });

  it("checks the operator's file with --server", async () => {
    const validate = async (text: string) => {
      await writeFile(join(folder, "server.yaml"), text);
      return await run(["config", "validate", "--server", "server.yaml"], { workingDirectory: folder });
    };
    const ledger = "version: 1\nledger: { place: audit, anchors: [{ folder: share }] }";
    expect(await validate(ledger)).toMatchObject({
      status: 0,
      stdout: `server.yaml: OK (the ledger ${join(folder, "audit")}, 1 anchor)\n`,
    });
    expect(await validate("version: 1")).toMatchObject({
      status: 0,
      stdout: "server.yaml: OK (no ledger)\n",
    });
    expect(await validate("version: 1\nstacks: []")).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("server.yaml:2:1: the file has the unknown key “stacks”"),
    });
    const missing = await run(["config", "validate", "--server", "no.yaml"], { workingDirectory: folder });
    expect(missing).toMatchObject({ status: 1, stderr: expect.stringContaining("with --server") });
  });
});
