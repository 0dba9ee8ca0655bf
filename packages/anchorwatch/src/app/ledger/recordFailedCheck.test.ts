import { expect, test } from "vitest";
import { AnchorwatchError } from "../../domain/errors.ts";
import { encodeEntry } from "../../ledger/entry/entry.ts";
import { type FailedCheck, recordFailedCheck } from "./recordFailedCheck.ts";

const failed = (error: unknown): FailedCheck => ({
  checkId: "check-1",
  stack: { name: "network", kind: "terraform" },
  trigger: "schedule",
  startedAt: new Date("2026-01-02T03:04:05Z"),
  failedAt: new Date("2026-01-02T03:04:06Z"),
  error,
});

test("a check that failed is an entry with the code and the message of the error", () => {
  const entry = recordFailedCheck(failed(new AnchorwatchError("state_missing", "There is no state.")));
  expect(entry).toMatchObject({
    id: "check-1",
    kind: "check.failed",
    time: "2026-01-02T03:04:06.000Z",
    data: { code: "state_missing", message: "There is no state.", trigger: "schedule" },
  });
  expect(encodeEntry(entry).length).toBeGreaterThan(0);
});

test("whatever was thrown, there is an entry", () => {
  for (const error of [undefined, "text", new TypeError("\ud800".repeat(100_000))]) {
    const entry = recordFailedCheck(failed(error));
    expect(entry.data["code"]).toBe("internal");
    expect(encodeEntry(entry).length).toBeLessThan(20_000);
  }
});
