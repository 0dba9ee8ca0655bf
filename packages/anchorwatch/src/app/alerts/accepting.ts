/** Somebody accepts the drift that an alert tells of, until a moment: an exception, by its rules, asked for from where people were told. */
import type { AlertId } from "../../alerts/alert.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { DriftId } from "../../watch/drift.ts";
import type { ExceptionRecord } from "../../watch/exception.ts";
import type { KnownRequester } from "../access/requester.ts";
import type { WantedException } from "../policy/exceptions.ts";
import type { AlertContext } from "./alertContext.ts";

export interface WantedAcceptance {
  readonly until: Date;
  readonly reason: string;
  /** Of the drift, as it was shown. */
  readonly digest: string;
  readonly evenCritical: boolean;
}

export type AddException = (wanted: WantedException, requester: KnownRequester) => Promise<ExceptionRecord>;

/**
 * Its one drift: whoever accepts many at once has looked at none of them.
 * @returns undefined when there is no such alert
 * @throws AnchorwatchError `alert_over`, `alert_not_acceptable`, and what `addException` throws
 */
export async function acceptDrift(
  { records, drifts }: Pick<AlertContext, "records" | "drifts">,
  addException: AddException,
  id: AlertId,
  wanted: WantedAcceptance,
  requester: KnownRequester,
): Promise<ExceptionRecord | undefined> {
  const { alerts } = records;
  const alert = await alerts.byId(id);
  if (alert === undefined) return undefined;
  const [only, ...others] = await alerts.members(id, { visible: undefined }, 2);
  const [found] = only === undefined || others.length > 0 ? [] : await drifts.byIds([only.id]);
  if (found === undefined) throw notAcceptable(`the alert ${id} tells of several drifts`, EACH);
  if (found.account !== undefined)
    throw notAcceptable("what no stack has is accepted as a baseline", BASELINE);
  const { drift, stack } = found;
  if (drift.status !== "open" || drift.excepted !== undefined || alert.status === "resolved")
    throw new AnchorwatchError("alert_over", `the alert ${id} is over`, {
      hint: "There is nothing left to accept.",
    });
  const accepted = { ...wanted, kind: "accept", driftId: drift.id as DriftId } as const;
  return await addException({ ...accepted, stackId: stack.id }, requester);
}

const EACH = "Accept each of them: POST /api/v1/exceptions, or anchorwatch exceptions add --drift ID.";
const BASELINE = "anchorwatch unmanaged accept ACCOUNT.";

function notAcceptable(message: string, hint: string): AnchorwatchError {
  return new AnchorwatchError("alert_not_acceptable", message, { hint });
}
