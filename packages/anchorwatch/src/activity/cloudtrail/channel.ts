/**
 * How a call came. The user agent is what the caller says of itself: it tells people where to look, and nothing may be decided by it.
 */
import type { Channel } from "../../domain/actor.ts";
import { type Members, textOf } from "./members.ts";

interface Traits {
  /** `userIdentity` */
  readonly identity: Members;
  readonly userAgent: string | undefined;
  readonly sourceAddress: string | undefined;
  readonly fromConsole: boolean;
}

const BY_AGENT: readonly (readonly [RegExp, Channel])[] = [
  // The providers name both themselves and the SDK that they are made with.
  [/terraform|opentofu|hashicorp/, "terraform"],
  [/signin\.amazonaws\.com|console\.(aws\.)?amazon|\bconsole\b|s3console|^\[?mozilla\//, "console"],
  [/aws-cli|aws-shell|cloudshell/, "cli"],
  [
    /boto3|botocore|boto\/|aws-sdk|aws-internal-sdk|pulumi|ansible|\bapn\/|go-http-client|awspowershell/,
    "sdk",
  ],
];

export function readChannel({ identity, userAgent, sourceAddress, fromConsole }: Traits): Channel {
  const agent = (userAgent ?? "").toLowerCase();
  const invokedBy = textOf(identity, "invokedBy");
  // "AWS Internal" stands for the console as often as for a service.
  if (textOf(identity, "type") === "AWSService") return "service";
  if (invokedBy !== undefined && invokedBy !== "AWS Internal") return "service";
  const byAgent = BY_AGENT.find(([pattern]) => pattern.test(agent))?.[1];
  if (byAgent === "terraform") return byAgent;
  if (fromConsole) return "console";
  if (byAgent !== undefined) return byAgent;
  const isService = [agent, sourceAddress ?? "", invokedBy ?? ""].some(
    (text) => text.endsWith(".amazonaws.com") || text.toLowerCase() === "aws internal",
  );
  return isService ? "service" : "unknown";
}
