/** How an account is reached, and what is asked there. */
import { AnchorwatchError, messageOf } from "../../domain/errors.ts";
import type { ClientSettings, Lister } from "../../inventory/lister.ts";
import type { SurveyPlan } from "../../inventory/survey.ts";
import type { AwsSettings } from "../ledger/ledgerMachine.ts";
import type { AccountSettings } from "./unmanagedSettings.ts";

export interface InventoryMachine {
  /** With the credentials that the settings, and then the environment, name. */
  readonly awsConnection: (settings: AwsSettings) => Promise<Omit<ClientSettings, "region">>;
  /** Milliseconds from any start. */
  readonly elapsed: () => number;
}

export type PlannedSurvey = Omit<SurveyPlan, "only" | "elapsed" | "signal">;

/**
 * @throws AnchorwatchError `unmanaged_account_unreachable`, `unmanaged_account_differs`
 */
export async function planSurvey(
  settings: AccountSettings,
  { awsConnection }: InventoryMachine,
): Promise<PlannedSurvey> {
  // The clients of AWS take memory: who searches nothing needs none of them.
  const { LISTERS, whoCalls } = await import("../../inventory/listers/all.ts");
  const { name, regions, aws, without } = settings;
  const [first = "us-east-1"] = regions;
  let caller: Awaited<ReturnType<typeof whoCalls>>;
  const connection = await awsConnection({ ...aws, region: first });
  const settingsOf = (region: string): ClientSettings => ({ ...connection, region });
  try {
    caller = await whoCalls(settingsOf(first));
  } catch (cause) {
    throw new AnchorwatchError(
      "unmanaged_account_unreachable",
      `The account ${name} cannot be searched: ${messageOf(cause)}`,
      {
        hint: "Check its `aws` in the operator's file, the credentials of the server, and the network.",
        cause,
      },
    );
  }
  const { account, partition } = caller;
  if (settings.account !== undefined && settings.account !== account) {
    throw new AnchorwatchError(
      "unmanaged_account_differs",
      `The account ${name} should be ${settings.account}, and its credentials (${caller.arn}) are of ${account}.`,
      { hint: "Correct `account`, or name the role or profile of that account in `aws`." },
    );
  }
  const listers: readonly Lister[] = LISTERS.filter(({ service }) => !without.includes(service));
  return { account, partition, regions, settingsOf, listers };
}
