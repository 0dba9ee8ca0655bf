/** A place to run `anchorwatch` in as its operator does: with an anchorwatch.server.yaml that names the ledger. */
import { cpSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { vi } from "vitest";
import { runProgram } from "../../packages/anchorwatch/src/cli/program.ts";
import {
  memoryStream,
  stillSurroundings,
} from "../../packages/anchorwatch/src/cli/testSurroundings.fixture.ts";
import { type Checked, topic, type Workbench, workbench } from "../check/workbench.ts";
import type { WrittenStack } from "../reference-provider/fixtures.ts";

export interface OperatorBench {
  readonly bench: Workbench;
  readonly stack: WrittenStack;
  /** Folder of the ledger, where a test says nothing else. */
  readonly ledger: string;
  /** Writes the operator's file with this section `ledger:`, in lines indented by two spaces, and gives its path. */
  server(ledger: string): string;
  /** `anchorwatch check STACK ARGS` inside this process. */
  check(...args: readonly string[]): Promise<Checked>;
  /** The same as a process of its own. */
  checkApart(...args: readonly string[]): Promise<Checked>;
  /** `anchorwatch ledger ARGS` inside this process. */
  run(...args: readonly string[]): Promise<Checked>;
  /** Of the ledger's folder. */
  checkpoint(): string;
  /** Copies the ledger's folder; the function returned puts the copy back in its place. */
  backup(): () => void;
}

/** Of nobody: moto and the stand-ins take any. */
const AWS = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test", AWS_REGION: "eu-west-1" };

/** With one topic. What is in `env` stays in this process until `vi.unstubAllEnvs`. */
export async function operatorBench(env: Readonly<Record<string, string>> = {}): Promise<OperatorBench> {
  const bench = workbench();
  const stack = await bench.stack({ resources: [topic("orders")] });
  const ledger = join(bench.folder, "audit");
  const environment = { ...AWS, ...env };
  // The SDK of AWS looks there itself.
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  return {
    bench,
    stack,
    ledger,
    server: (section) => bench.write("anchorwatch.server.yaml", `version: 1\nledger:\n${section}`),
    check: (...args) => bench.check([stack.dir, ...args]),
    checkApart: (...args) => bench.run([stack.dir, ...args], { env: environment }),
    run: async (...args) => {
      const [stdout, stderr] = [memoryStream(), memoryStream()];
      const surroundings = { ...stillSurroundings(), stdout, stderr, workingDirectory: bench.folder };
      const status = await runProgram(["ledger", ...args], surroundings);
      return { status, stdout: stdout.text(), stderr: stderr.text() };
    },
    checkpoint: () => readFileSync(join(ledger, "checkpoint"), "utf8"),
    backup: () => {
      const copy = join(bench.folder, "backup");
      rmSync(copy, { recursive: true, force: true });
      cpSync(ledger, copy, { recursive: true });
      return () => {
        rmSync(ledger, { recursive: true });
        cpSync(copy, ledger, { recursive: true });
      };
    },
  };
}
