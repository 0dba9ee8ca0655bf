import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { editLive } from "../check/workbench.ts";
import { ledgerBench } from "./ledgerBench.ts";

const MINUTE = 60_000;

/** Kinds by index, as `ledger export` gives them. */
function kindsOf(jsonl: string): readonly string[] {
  const lines = jsonl.trim().split("\n").slice(1);
  return lines.map((line) => (JSON.parse(line) as { entry: { kind: string } }).entry.kind);
}

describe("check --ledger", () => {
  it("makes the ledger, writes what it finds once, and says where on the last line", {
    timeout: MINUTE,
  }, async () => {
    const { ledger, stack, check, run } = await ledgerBench();
    const clean = await check();
    expect(clean.status).toBe(0);
    expect(clean.stdout.trimEnd().split("\n").at(-1)).toMatch(
      /^Recorded in the ledger \S+audit: entry 1; checkpoint: 2 entries, root \S{43}=$/,
    );
    editLive(stack, "reference_topic.orders", (live) => ({ ...live, name: "stranger" }));
    const drifted = await check();
    expect(drifted.status).toBe(2);
    expect(drifted.stdout).toContain("entries 2 to 3; checkpoint: 4 entries");
    const again = await check("--format", "json");
    expect(again.status).toBe(2);
    expect(JSON.parse(again.stdout)).toMatchObject({ schema: "anchorwatch.check/v1" });
    expect(again.stderr).toContain("Recorded in the ledger");
    editLive(stack, "reference_topic.orders", (live) => ({ ...live, name: "orders" }));
    await check();
    const exported = await run("export", ledger);
    expect(kindsOf(exported.stdout)).toEqual([
      "ledger.created",
      "check.completed",
      "check.completed",
      "drift.opened",
      "check.completed",
      "check.completed",
      "drift.resolved",
    ]);
    expect(statSync(`${ledger}.private`).mode & 0o777).toBe(0o700);
    expect(statSync(join(`${ledger}.private`, "signing.key")).mode & 0o777).toBe(0o600);
    expect(readdirSync(ledger, { recursive: true }).join("\n")).not.toMatch(/key|sqlite/);
  });

  it("prints the report and fails with 1 when the ledger cannot be written", {
    timeout: MINUTE,
  }, async () => {
    const { bench, stack } = await ledgerBench();
    const ledger = join(bench.write("a-file", "not a folder"), "audit");
    const checked = await bench.run([stack.dir, "--ledger", ledger]);
    expect(checked.stdout).toContain("No drift.");
    expect(checked.stdout).not.toContain("Recorded");
    expect(checked.stderr).toContain("(ledger_unwritable)");
    expect(checked.status).toBe(1);
  });

  it("refuses at once what can never be written", async () => {
    const { bench, stack } = await ledgerBench();
    const checked = await bench.check([stack.dir, "--ledger", "https://example.com/log"]);
    expect(checked).toMatchObject({
      status: 1,
      stdout: "",
      stderr: expect.stringContaining("ledger_not_a_folder"),
    });
  });

  it("does not make a new key for a log that has lost its own", { timeout: MINUTE }, async () => {
    const { ledger, check } = await ledgerBench();
    await check();
    rmSync(join(`${ledger}.private`, "signing.key"));
    const checked = await check();
    expect(checked).toMatchObject({ status: 1, stderr: expect.stringContaining("(ledger_key_missing)") });
    expect(existsSync(join(`${ledger}.private`, "signing.key"))).toBe(false);
  });

  it("records a check that could not be made", { timeout: MINUTE }, async () => {
    const { stack, ledger, check, run } = await ledgerBench();
    writeFileSync(stack.statePath, "no state");
    const failed = await check();
    expect(failed.status).toBe(1);
    expect(failed.stderr).toContain("Recorded in the ledger");
    const shown = await run("show", ledger, "1");
    expect(shown.stdout).toContain('"kind": "check.failed"');
    expect(shown.stdout).toMatch(/"code": "state_[a-z_]+"/);
  });

  it("lets two checks at once both have their say", { timeout: MINUTE }, async () => {
    const { bench, stack, ledger, run } = await ledgerBench();
    const checks = await Promise.all([1, 2].map(() => bench.run([stack.dir, "--ledger", ledger])));
    expect(checks.map(({ status }) => status)).toEqual([0, 0]);
    expect(kindsOf((await run("export", ledger)).stdout)).toEqual([
      "ledger.created",
      "check.completed",
      "check.completed",
    ]);
  });
});
