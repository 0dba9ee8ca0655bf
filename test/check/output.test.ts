/** Where the report goes, in every format, and what an interrupted check leaves: nothing. */
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { readXml } from "../../packages/anchorwatch/src/cli/formats/xml.fixture.ts";
import { setFaults, type WrittenStack } from "../reference-provider/fixtures.ts";
import { processesOf } from "./leftovers.ts";
import { editLive, topic, type Workbench, workbench } from "./workbench.ts";

async function driftedStack(bench: Workbench): Promise<WrittenStack> {
  const stack = await bench.stack({ resources: [topic("a"), topic("drifted"), topic("refused")] });
  editLive(stack, "reference_topic.drifted", (live) => ({ ...live, display_name: "by hand" }));
  return stack;
}

describe("every format says what drifted and is what it claims to be", () => {
  test("text", async () => {
    const bench = workbench();
    const { status, stdout } = await bench.run([(await driftedStack(bench)).dir]);
    expect(stdout).toMatch(
      /reference_topic\.drifted +changed +stack\/main\.tf:\d+ .*\n +operational, info: .*\n +.*display_name.*by hand/,
    );
    expect(stdout.trimEnd().split("\n").at(-1)).toMatch(/^3 resources: 2 in sync, 1 changed/);
    expect(status).toBe(2);
  });

  test("json, by its published schema", async () => {
    const bench = workbench();
    const stack = await driftedStack(bench);
    const schema = new URL("../../docs/schema/check-v1.schema.json", import.meta.url);
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    const validate = ajv.compile(JSON.parse(readFileSync(schema, "utf8")) as object);
    setFaults(stack.storePath, [{ kind: "error", call: "ReadResource", type: "reference_topic", times: 1 }]);
    const { status, report } = await bench.report([stack.dir, "--all", "--concurrency", "1"]);
    expect(validate(report), JSON.stringify(validate.errors)).toBe(true);
    expect(report.resources).toHaveLength(3);
    expect(status).toBe(1);
  });

  test("sarif, junit and markdown", async () => {
    const bench = workbench();
    const stack = await driftedStack(bench);
    const sarif = await bench.check([stack.dir, "--format", "sarif"]);
    expect(JSON.parse(sarif.stdout)).toMatchObject({ version: "2.1.0", runs: [{ results: [{}] }] });
    const junit = await bench.check([stack.dir, "--format", "junit"]);
    expect(() => readXml(junit.stdout)).not.toThrow();
    expect(junit.stdout).toContain("reference_topic.drifted");
    const markdown = await bench.check([stack.dir, "--format", "markdown"]);
    expect(markdown.stdout).toContain("reference_topic.drifted");
    expect([sarif, junit, markdown].map(({ status }) => status)).toEqual([2, 2, 2]);
  });
});

test("--output writes the report to the file and says on stderr where it is", async () => {
  const bench = workbench();
  const stack = await driftedStack(bench);
  const { status, stdout, stderr } = await bench.run([
    stack.dir,
    "--format",
    "json",
    "--output",
    "drift.json",
  ]);
  expect(JSON.parse(readFileSync(join(bench.folder, "drift.json"), "utf8"))).toMatchObject({
    coverage: { changed: 1 },
  });
  expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  expect(stderr).toContain("The report is in drift.json.");
});

test.each([
  [
    "in a folder that does not exist",
    "none/drift.json",
    /none\/drift\.json cannot be written.*mkdir -p none/s,
  ],
  ["that is a folder", "stack", /stack cannot be written: it is a folder/],
])("an --output %s is told before anything is read", async (_, path, message) => {
  const bench = workbench();
  const stack = await driftedStack(bench);
  setFaults(stack.storePath, [{ kind: "crash" }]);
  const { status, stdout, stderr } = await bench.run([stack.dir, "--output", path]);
  expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  expect(stderr).toMatch(message);
  expect(existsSync(bench.cache)).toBe(false);
});

describe("an interrupted check", () => {
  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)(
    "by %s in the middle of a read ends with %i, no report, and nothing left",
    async (signal, expected) => {
      const bench = workbench();
      const stack = await driftedStack(bench);
      setFaults(stack.storePath, [{ kind: "hang", call: "ReadResource" }]);
      mkdirSync(join(bench.folder, "out"));
      const { status, stdout, stderr } = await bench.run([stack.dir, "--output", "out/report"], {
        onStart: (child) => void whenReading(bench).then(() => child.kill(signal)),
      });
      expect({ status, stdout }).toEqual({ status: expected, stdout: "" });
      expect(stderr).toContain("interrupted before the check was done");
      expect(readdirSync(join(bench.folder, "out"))).toEqual([]);
    },
  );

  test("while the provider starts ends at once as well", async () => {
    const bench = workbench();
    const stack = await bench.stack({ resources: [topic("a")] }, { startFaults: ["handshake_hang"] });
    const { status } = await bench.run([stack.dir], {
      onStart: (child) => void whenReading(bench).then(() => child.kill("SIGINT")),
    });
    expect(status).toBe(130);
  });

  test("killed by SIGKILL leaves no provider running", async () => {
    const bench = workbench();
    const stack = await driftedStack(bench);
    setFaults(stack.storePath, [{ kind: "hang", call: "ReadResource" }]);
    const { status } = await bench.run([stack.dir], {
      onStart: (child) => void whenReading(bench).then(() => child.kill("SIGKILL")),
    });
    expect(status).toBeNull();
  });
});

/** Waits until a provider of the check runs, and has had time to be asked something. */
async function whenReading(bench: Workbench): Promise<void> {
  const { setTimeout: sleep } = await import("node:timers/promises");
  const provider = (line: string) => line.includes("reference-provider/main.ts");
  while (!processesOf(bench.folder).some(provider)) await sleep(20);
  await sleep(600);
}
