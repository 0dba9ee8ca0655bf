/** Reads that fail: that resource is unknown and says why, all others are reported, and the exit status is 1. */
import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type Fault, setFaults, type WrittenStack } from "../reference-provider/fixtures.ts";
import { type Report, type ReportedResource, resourceIn, verdictsOf } from "./report.ts";
import { editLive, objectOf, topic, type Workbench, workbench } from "./workbench.ts";

const BAD = "reference_topic.bad";
const network = { type: "reference_network", name: "fine", set: { name: "fine", cidr: "10.0.0.0/8" } };

/** Five resources: one goes wrong, one drifted, three are as they were. */
async function stackWith(bench: Workbench, fault: Fault, aimed = true): Promise<WrittenStack> {
  const stack = await bench.stack({
    resources: [topic("a"), topic("bad"), topic("drifted"), topic("b"), network],
  });
  editLive(stack, "reference_topic.drifted", (live) => ({ ...live, display_name: "by hand" }));
  const { id } = objectOf(stack, BAD);
  setFaults(stack.storePath, [aimed ? { ...fault, id, call: fault.call ?? "ReadResource" } : fault]);
  return stack;
}

/** The drift is reported beside the one that could not be seen. */
function expectOthersReported(report: Report, status: number | null): ReportedResource["reason"] {
  expect(verdictsOf(report)).toEqual({ [BAD]: "unknown", "reference_topic.drifted": "changed" });
  expect(report.coverage).toMatchObject({ resources: 5, inSync: 3, changed: 1, unknown: 1 });
  expect(status).toBe(1);
  return resourceIn(report, BAD)?.reason;
}

describe("one resource among many that cannot be read", () => {
  test.each<[string, Fault, string, RegExp]>([
    ["is refused", { kind: "error" }, "access_denied", /AccessDenied.*--read-role/s],
    ["crashes the provider", { kind: "crash" }, "provider_crashed", /ended with exit status/],
    ["is answered with garbage", { kind: "garbage" }, "provider_rpc_failed", /./],
    ["is answered with a value that is none", { kind: "garbage_value" }, "cty_decode_failed", /./],
    [
      "is of a provider that does not know the call",
      { kind: "unimplemented" },
      "provider_rpc_unknown",
      /readResource/,
    ],
  ])("%s", async (_, fault, code, message) => {
    const bench = workbench();
    const stack = await stackWith(bench, fault);
    const { status, report } = await bench.report([stack.dir]);
    const reason = expectOthersReported(report, status);
    expect(reason).toEqual({ code, message: expect.stringMatching(message) });
  });

  test("hangs: its deadline in anchorwatch.yaml ends the waiting, for it alone", async () => {
    const bench = workbench();
    const stack = await stackWith(bench, { kind: "hang" });
    bench.write("stack/anchorwatch.yaml", "version: 1\ndeadlines: {reference_topic: 700ms}\n");
    const { status, report } = await bench.report([stack.dir]);
    const reason = expectOthersReported(report, status);
    expect(reason).toEqual({
      code: "provider_deadline",
      message: expect.stringMatching(/0\.7 s.*deadlines: \{reference_topic/s),
    });
  });

  test("hangs: --timeout ends the check, and what was read by then is reported", async () => {
    const bench = workbench();
    const stack = await stackWith(bench, { kind: "hang" });
    const { status, stdout } = await bench.run([stack.dir, "--format", "json", "--timeout", "3s"]);
    const reason = expectOthersReported(JSON.parse(stdout) as Report, status);
    expect(reason).toEqual({ code: "check_timeout", message: expect.stringContaining("--timeout") });
  });

  test("is throttled for a while: it is tried again, and is seen in the end", async () => {
    const bench = workbench();
    const stack = await stackWith(bench, { kind: "throttle", times: 1 });
    const { status, report } = await bench.report([stack.dir]);
    expect({ status, verdicts: verdictsOf(report) }).toEqual({
      status: 2,
      verdicts: { "reference_topic.drifted": "changed" },
    });
  });

  test("is throttled for good: the reason names --concurrency", async () => {
    const bench = workbench();
    const stack = await stackWith(bench, { kind: "throttle" });
    const { status, report } = await bench.report([stack.dir]);
    const reason = expectOthersReported(report, status);
    expect(reason).toEqual({ code: "throttled", message: expect.stringContaining("--concurrency") });
  });
});

test("a provider that crashes once is started again, and nothing is missing from the report", async () => {
  const bench = workbench();
  const stack = await stackWith(bench, { kind: "crash", times: 1 });
  const { status, report } = await bench.report([stack.dir]);
  expect({ status, verdicts: verdictsOf(report) }).toEqual({
    status: 2,
    verdicts: { "reference_topic.drifted": "changed" },
  });
});

test("a provider that crashes on every read leaves all unknown, is not started for ever, and the check ends", async () => {
  const bench = workbench();
  const stack = await stackWith(bench, { kind: "crash", call: "ReadResource" }, false);
  const { status, stdout } = await bench.run([stack.dir, "--format", "json"]);
  const report = JSON.parse(stdout) as Report;
  expect(report.coverage).toMatchObject({ resources: 5, unknown: 5 });
  for (const { reason } of report.resources) expect(reason?.code).toBe("provider_crashed");
  expect(status).toBe(1);
});

test("a provider that crashes while it is configured says so", async () => {
  const bench = workbench();
  const stack = await stackWith(bench, { kind: "crash", call: "ConfigureProvider" }, false);
  const { status, stdout } = await bench.run([stack.dir]);
  expect(stdout).toContain("ended with exit status");
  expect(stdout).toContain("5 resources: 0 in sync · 5 unknown");
  expect(status).toBe(1);
});

test("a plan that fails leaves the difference reported as unknown rather than as in sync", async () => {
  const bench = workbench();
  const stack = await stackWith(bench, { kind: "crash", call: "PlanResourceChange" }, false);
  const { status, report } = await bench.report([stack.dir]);
  expect(verdictsOf(report)).toEqual({ "reference_topic.drifted": "unknown" });
  expect(status).toBe(1);
});

test("a record that the provider cannot upgrade is unknown, with what the provider said", async () => {
  const bench = workbench();
  const stack = await stackWith(
    bench,
    {
      kind: "error",
      type: "reference_network",
      call: "UpgradeResourceState",
      message: "NoSuchVersion: too old",
    },
    false,
  );
  // Of an older provider: one of the present schema would be read as it is.
  const state = readFileSync(stack.statePath, "utf8");
  writeFileSync(stack.statePath, state.replace('"cidr":', '"mask": "255.0.0.0", "cidr":'));
  const { status, report } = await bench.report([stack.dir]);
  expect(verdictsOf(report)).toEqual({
    "reference_network.fine": "unknown",
    "reference_topic.drifted": "changed",
  });
  expect(resourceIn(report, "reference_network.fine")?.reason?.message).toContain("too old");
  expect(status).toBe(1);
});
