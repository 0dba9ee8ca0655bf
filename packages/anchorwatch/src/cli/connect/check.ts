/** `anchorwatch connect aws --check`. */

import { parseDuration } from "../../app/configuration/duration.ts";
import { checkConnection } from "../../app/connect/checking/checkConnection.ts";
import type { StepResult } from "../../app/connect/checking/step.ts";
import { namesOf } from "../../app/connect/connectOptions.ts";
import type { ConnectionRecord } from "../../app/connect/record.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import { escapeJson, escapeText } from "../../domain/escape.ts";
import type { LedgerPaint } from "../ledger/paint.ts";
import { runLedger } from "../ledger/run.ts";
import type { Surroundings } from "../surroundings.ts";
import type { ConnectFlags } from "./flags.ts";
import { principalCalls } from "./principalCalls.ts";

const DEFAULT_WAIT_MS = 60_000;
/** Others' messages are hidden from them as long. */
const LONGEST_WAIT_MS = 3_600_000;

/** 0: every step is well. 1: anything else. */
export function runConnectionCheck(
  { options, externalId }: ConnectionRecord,
  flags: ConnectFlags,
  surroundings: Surroundings,
): Promise<number> {
  const { ledgerMachine, environment } = surroundings;
  const isText = flags.format === "text";
  return runLedger(surroundings, { color: flags.color }, async ({ say, progress, paint, signal }) => {
    const waitMs = waitOf(flags.wait);
    const names = namesOf(options);
    const calls = await principalCalls({ options, names }, flags.profile, { ...environment });
    const results: StepResult[] = [];
    try {
      const context = {
        options,
        names,
        externalId,
        calls,
        now: ledgerMachine.now,
        newId: () => ledgerMachine.newId().replaceAll("-", "").slice(0, 16),
        waitMs,
        signal,
        progress: isText ? progress : () => {},
        sessions: {},
      };
      for await (const result of checkConnection(context)) {
        results.push(result);
        if (isText) await say(stepText(result, paint));
      }
    } finally {
      calls.close();
    }
    const isWell = results.every(({ status }) => status === "ok");
    await say(isText ? conclusion(results, paint) : jsonText(isWell, results));
    return isWell ? 0 : 1;
  });
}

function waitOf(text: string | undefined): number {
  const milliseconds = text === undefined ? DEFAULT_WAIT_MS : parseDuration(text);
  if (milliseconds !== undefined && milliseconds > 0 && milliseconds <= LONGEST_WAIT_MS) return milliseconds;
  throw new AnchorwatchError("connection_invalid", "--wait: that is no time to wait", {
    hint: "Expected a duration of at most 1h, such as 60s or 2m.",
  });
}

function stepText({ title, status, expected, found, todo }: StepResult, paint: LedgerPaint): string {
  const sign = {
    ok: paint.good("✓"),
    failed: paint.bad("✗"),
    not_checked: "–",
    not_yet: paint.doubtful("–"),
  }[status];
  const lines = [`${sign} ${paint.strong(title)}: ${expected}`];
  lines.push(`    ${status === "ok" ? paint.quiet(escapeText(found)) : `found: ${escapeText(found)}`}`);
  if (todo !== undefined && status !== "not_checked") lines.push(`    do: ${escapeText(todo)}`);
  return `${lines.join("\n")}\n`;
}

function conclusion(results: readonly StepResult[], paint: LedgerPaint): string {
  const count = (status: StepResult["status"]) => results.filter((result) => result.status === status).length;
  const [failures, skipped, young] = [count("failed"), count("not_checked"), count("not_yet")];
  if (failures === 0 && young === 0) return `\n${paint.good("Everything arrives.")}\n`;
  const parts = [
    `${count("ok")} of ${results.length} steps are well`,
    ...(failures > 0 ? [`${failures} failed`] : []),
    ...(skipped > 0 ? [`${skipped} not checked`] : []),
    ...(young > 0 ? [`${young} cannot be seen yet`] : []),
  ];
  return `\n${failures > 0 ? paint.bad(`${parts.join(", ")}.`) : paint.doubtful(`${parts.join(", ")}.`)}\n`;
}

function jsonText(isWell: boolean, steps: readonly StepResult[]): string {
  return `${escapeJson(JSON.stringify({ schema: "anchorwatch.connect-check/v1", ok: isWell, steps }, null, 2))}\n`;
}
