/** Fingerprints of secrets are made where the secrets are seen, and go to the ledger alone. */
import { join } from "node:path";
import { expect, test } from "vitest";
import type { FingerprintSecret } from "../../packages/anchorwatch/src/app/checkRequest.ts";
import { createCheckStack } from "../../packages/anchorwatch/src/app/checkStack.ts";
import { recordCheck } from "../../packages/anchorwatch/src/app/ledger/recordCheck.ts";
import { runProgram } from "../../packages/anchorwatch/src/cli/program.ts";
import {
  memoryStream,
  stillSurroundings,
} from "../../packages/anchorwatch/src/cli/testSurroundings.fixture.ts";
import { thisMachine } from "../../packages/anchorwatch/src/cli/thisMachine.ts";
import type { CheckResult } from "../../packages/anchorwatch/src/domain/check.ts";
import { encodeEntry } from "../../packages/anchorwatch/src/ledger/entry/entry.ts";
import { fingerprint } from "../../packages/anchorwatch/src/ledger/entry/fingerprint.ts";
import type { StackFixture } from "../reference-provider/fixtures.ts";
import { editLive, workbench } from "./workbench.ts";

const RECORDED = "canary-recorded-password";
const LIVE = "canary-live-password";
const KEY = new Uint8Array(32).fill(9);

const database: StackFixture = {
  resources: [
    {
      type: "reference_database",
      name: "main",
      set: { identifier: "main", engine: "postgres", password: RECORDED, size: 1 },
    },
  ],
};

/** `anchorwatch check` with a key for fingerprints, or without one. */
async function checked(given: FingerprintSecret | undefined) {
  const bench = workbench();
  const stack = await bench.stack(database);
  editLive(stack, "reference_database.main", (live) => ({ ...live, password: LIVE }));
  const [stdout, stderr] = [memoryStream(), memoryStream()];
  const checkStack = createCheckStack({ ...thisMachine(), homeDir: join(bench.folder, "home") });
  let result: CheckResult | undefined;
  await runProgram(["check", "stack", "--format", "json", "--all"], {
    ...stillSurroundings(),
    checkStack: async (request, on) => {
      result = await checkStack({ ...request, ...(given === undefined ? {} : { fingerprint: given }) }, on);
      return result;
    },
    stdout,
    stderr,
    environment: {
      PATH: "/usr/bin:/bin",
      ANCHORWATCH_CACHE_DIR: bench.cache,
      TMPDIR: join(bench.folder, "tmp"),
    },
    workingDirectory: bench.folder,
  });
  if (result === undefined) expect.unreachable(stderr.text());
  return { result, output: stdout.text() + stderr.text() };
}

test("a changed password goes to the ledger as two fingerprints, bound to stack, address and path", async () => {
  const { result, output } = await checked((place, secret) => fingerprint(KEY, place, secret));
  const at = (secret: string) =>
    fingerprint(
      KEY,
      { stack: result.stack, address: "reference_database.main", path: ["password"] },
      JSON.stringify(secret),
    );
  const [, drift] = recordCheck(result, { checkId: "c-1", known: { openDrifts: () => [] } });
  expect(drift?.entry.before).toEqual({ password: { fingerprint: at(RECORDED) } });
  expect(drift?.entry.after).toEqual({ password: { fingerprint: at(LIVE) } });
  expect(Buffer.from(encodeEntry(drift?.entry ?? expect.unreachable())).toString()).not.toContain("canary");
  expect(output).toContain('"sensitive": true');
  expect(output).not.toMatch(/hmac|ingerprint|canary/);
});

test("without a key nothing is told of it", async () => {
  const { result } = await checked(undefined);
  expect(JSON.stringify(result.resources)).not.toMatch(/ingerprint|canary/);
});
