/** A request that says that it is Slack's: believed only when it is signed, fresh, and came for the first time. */
import { type Press, pressOf } from "../../../alerts/channels/slack/interaction.ts";
import { isSlacks, type SignedRequest, WINDOW_SECONDS } from "../../../alerts/channels/slack/signature.ts";
import { digestOf } from "../../../auth/secret.ts";
import { AnchorwatchError } from "../../../domain/errors.ts";
import type { AccessContext } from "../../access/accessContext.ts";
import type { ServedAlerts } from "../servedAlerts.ts";

const KIND = "slack request";

/**
 * What somebody pressed; `nothing`: he only opened a link. Of a channel that is not there nothing else is told than of one whose
 * signature is wrong.
 * @throws AnchorwatchError `chat_request_refused`, `chat_request_repeated`, `request_invalid`
 */
export async function readSlackRequest(
  alerts: Pick<ServedAlerts, "partsOf">,
  { records, now }: Pick<AccessContext, "records" | "now">,
  channel: string,
  request: SignedRequest,
): Promise<Press | "nothing"> {
  const secret = await signingSecretOf(alerts, channel);
  if (secret === undefined || !isSlacks(request, secret, now())) throw refused();
  // Signatures differ wherever anything else does.
  const seen = digestOf(request.signature ?? "");
  const end = new Date((Number(request.timestamp) + WINDOW_SECONDS + 60) * 1000);
  if (!(await records.ceremonies.put(KIND, seen, {}, end))) throw repeated();
  const press = pressOf(request.body);
  if (press !== undefined) return press;
  throw new AnchorwatchError(
    "request_invalid",
    "the request is none that Slack sends when a button is pressed",
    {
      hint: "Expected a form whose member payload is JSON.",
    },
  );
}

async function signingSecretOf(
  { partsOf }: Pick<ServedAlerts, "partsOf">,
  channel: string,
): Promise<string | undefined> {
  const found = partsOf(channel);
  if (found?.kind !== "slack") return undefined;
  try {
    return await found.parts.secret("signingSecret");
  } catch (error) {
    // Where secrets are kept is nothing for whoever asks.
    throw refused(error);
  }
}

function refused(cause?: unknown): AnchorwatchError {
  return new AnchorwatchError(
    "chat_request_refused",
    "the request is not signed as the channel's service signs",
    {
      hint: "Look at the app's signing secret in the operator's file, and at this machine's clock: five minutes are too much.",
      ...(cause === undefined ? {} : { cause }),
    },
  );
}

function repeated(): AnchorwatchError {
  return new AnchorwatchError("chat_request_repeated", "that request came before, and was answered", {
    hint: "There is nothing to do.",
  });
}
