import type { CheckTrigger } from "../../domain/check.ts";
import { AnchorwatchError, messageOf } from "../../domain/errors.ts";
import type { EntryActor, EntryInput, EntryStack } from "../../ledger/entry/form.ts";
import type { CheckFailedData } from "../../ledger/entry/kinds/check.ts";
import { CHECK_ACTOR } from "./recordCheck.ts";

export interface FailedCheck {
  readonly checkId: string;
  readonly actor?: EntryActor;
  /** As far as it is known: the state may not have been read. */
  readonly stack: EntryStack;
  readonly trigger: CheckTrigger;
  readonly startedAt: Date;
  readonly failedAt: Date;
  /** What the check threw. Its message is free of secrets, as the person saw it. */
  readonly error: unknown;
}

/** Terraform's own output can be long; its beginning tells what went wrong. */
const MESSAGE_LENGTH = 4000;

/** A check that could not be made is news as well: nobody looked. */
export function recordFailedCheck(failure: FailedCheck): EntryInput {
  const { checkId, actor, stack, trigger, startedAt, failedAt, error } = failure;
  const data: CheckFailedData = {
    trigger,
    startedAt: startedAt.toISOString(),
    code: error instanceof AnchorwatchError ? error.code : codeOf(error),
    message: messageOf(error).slice(0, MESSAGE_LENGTH).toWellFormed(),
  };
  return {
    id: checkId,
    kind: "check.failed",
    time: failedAt.toISOString(),
    actor: actor ?? CHECK_ACTOR,
    stack,
    data: { ...data },
  };
}

/** Providers' errors have codes of their own. */
function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" && error.code !== ""
    ? error.code
    : "internal";
}
