/** Which events have which accounts looked at. */
import { isDelivery } from "../../activity/identities.ts";
import type { AuditEvent } from "../../domain/auditEvent.ts";
import type { SearchedAccount } from "../../watch/unmanaged.ts";

/** Calls of these services after which something may be there, gone or another that the search tells of. Data is not its business. */
const TELLING: Readonly<Record<string, RegExp>> = {
  iam: /./,
  ec2: /./,
  s3: /Bucket/,
  kms: /^(?:Create|Put|Disable|Enable|Revoke|Retire|Schedule|Cancel|Import|Update|Replicate)/,
  lambda: /^(?:Create|Delete|Update|Add|Remove)/,
  sqs: /^(?:Create|Delete|Set|Add|Remove)/,
  sns: /^(?:Create|Delete|Set|Add|Remove)/,
  events: /^(?:Put|Delete|Enable|Disable)Rule/,
};
/** Of other services what is made with tags is found by these. */
const MAKING = /^(?:Create|Run|Start|Import|Register|Restore|Copy|Request|Allocate)/;
const GLOBAL_SERVICES: ReadonlySet<string> = new Set(["iam", "s3"]);

/** What AWS does by itself, and what is deployed, the next search sees; whoever else acts is looked after at once. */
export function looksFor(
  events: readonly AuditEvent[],
  accounts: readonly Pick<SearchedAccount, "name" | "account" | "regions">[],
  deliverers: readonly string[],
): readonly { readonly account: string; readonly event: AuditEvent }[] {
  return events.flatMap((event) => {
    if (event.actor.kind === "service" || !isTelling(event) || isDelivery(event.actor, deliverers)) return [];
    return accounts.filter((account) => isOf(event, account)).map(({ name }) => ({ account: name, event }));
  });
}

function isTelling({ service, name }: AuditEvent): boolean {
  const short = serviceOf(service);
  const telling = Object.hasOwn(TELLING, short) ? TELLING[short] : undefined;
  return (telling ?? MAKING).test(name);
}

/** `iam` of `iam.amazonaws.com`. */
export function serviceOf(service: string): string {
  return service.split(".", 1)[0] ?? "";
}

/** Where neither side tells the account, it may be the one. */
function isOf(
  event: AuditEvent,
  { account, regions }: Pick<SearchedAccount, "account" | "regions">,
): boolean {
  if (event.account !== undefined && account !== undefined && event.account !== account) return false;
  return (
    GLOBAL_SERVICES.has(serviceOf(event.service)) ||
    event.region === undefined ||
    regions.includes(event.region)
  );
}
