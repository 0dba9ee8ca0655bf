/** The ledger's bucket: what is written there must stay. */
import { CHECK_PREFIX } from "../connectOptions.ts";
import type { ConnectStep } from "./context.ts";
import { isRefusal, reasonOf } from "./refusal.ts";
import { APPLY, failed, ok } from "./step.ts";

/** Of the test object: long enough for clocks that differ. Afterwards the bucket's own rule removes it. */
const LOCKED_MS = 10 * 60_000;

export const ledgerSteps: readonly ConnectStep[] = [
  {
    id: "ledger_bucket",
    title: "ledger's bucket",
    expected: "it keeps versions under Object Lock, is closed to everybody else, and a ledger opens it",
    needs: ["credentials"],
    todo: `${APPLY}, and attach principal-policy.json to whoever runs Anchorwatch.`,
    run: async ({ calls, names }) => {
      const warnings = await calls.openLedgerBucket();
      if (!(await calls.isPrivate())) return failed("public access is not blocked", `${APPLY}.`);
      const [warning] = warnings;
      return warning === undefined ? ok(`s3://${names.ledgerBucket}`) : failed(warning, `${APPLY}.`);
    },
  },
  {
    id: "ledger_lock",
    title: "bucket's own lock",
    expected: "it is the one that was asked for",
    needs: ["ledger_bucket"],
    todo: `${APPLY}.`,
    run: async ({ calls, options }) => {
      const { lock, retentionDays } = options.ledger;
      const { mode, days } = await calls.defaultLock();
      const found = mode === undefined ? "none, as Anchorwatch locks by itself" : `${mode}, ${days} days`;
      if (lock === "own" && mode === undefined) return ok(found);
      if (lock !== "own" && mode === lock.toUpperCase() && days === retentionDays) return ok(found);
      const wanted = lock === "own" ? "none" : `${lock.toUpperCase()}, ${retentionDays} days`;
      return failed(found, `${APPLY}: the default retention should be ${wanted}.`);
    },
  },
  {
    id: "ledger_write",
    title: "locked write",
    expected: "what is written is locked, and cannot be deleted",
    needs: ["ledger_bucket"],
    todo: "Attach principal-policy.json to whoever runs Anchorwatch (s3:PutObject, s3:PutObjectRetention).",
    run: async ({ calls, newId, now }) => {
      const key = `${CHECK_PREFIX}/${newId()}`;
      const version = await calls.putLocked(key, new Date(now().getTime() + LOCKED_MS));
      const { mode, until } = await calls.lockOf(key, version);
      if (mode !== "COMPLIANCE" || until === undefined || until <= now()) {
        return failed(`${key} was written and is not locked`, `${APPLY}: the bucket needs Object Lock.`);
      }
      try {
        await calls.deleteVersion(key, version);
        return failed(
          `${key} was locked, and could be deleted`,
          "This store does not keep its locks. Use another one.",
        );
      } catch (error) {
        if (!isRefusal(error))
          return failed(reasonOf(error), "Try again: whether it can be deleted could not be seen.");
        return ok(`${key} is locked until ${until.toISOString()}, and its deletion was refused`);
      }
    },
  },
];
