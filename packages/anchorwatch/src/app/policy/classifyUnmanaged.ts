/** Why something matters that no stack has. Little is known of it: what it is, where, and who made it. */
import type { Classification } from "../../domain/classification.ts";
import type { Labels } from "../../domain/labels.ts";
import type { UnmanagedRecord } from "../../watch/unmanaged.ts";
import { factsOf, stackFacts } from "./facts.ts";
import type { StackPolicy } from "./stackPolicy.ts";

/** What the search tells by. */
const AWS_PROVIDER = "registry.terraform.io/hashicorp/aws";

/** @param labels of the account: rules know it as a stack of that name */
export function classifyUnmanaged(
  record: UnmanagedRecord,
  policy: StackPolicy,
  labels: Labels,
  now: Date,
): Classification {
  const { account, region, type, importId: id, arn, attributes, tags, attributions, openedAt } = record;
  const facts = factsOf({
    stack: stackFacts({ name: account, engine: "terraform", labels }),
    resource: { address: "", type, provider: AWS_PROVIDER, id },
    place: { region, ...(arn === undefined ? {} : { arn }) },
    verdict: "unmanaged",
    seen: { recorded: {}, live: { ...attributes, tags }, isCut: false, changes: [] },
    ...{ attributions, openedAt: openedAt ?? now, now, others: [], isBreakGlass: policy.isBreakGlass },
  });
  return { ...policy.classify(facts), policy: policy.digest };
}
