/** Accounts that were searched, and what was found there, for tests of the server. */
import type { Classification, Severity } from "../domain/classification.ts";
import type { LabelSetKey } from "../domain/labels.ts";
import type { SearchedAccount, UnmanagedId, UnmanagedRecord } from "../watch/unmanaged.ts";
import { NOW } from "./memoryWatch.fixture.ts";

/** One that could not look at everything. */
const SEARCH: NonNullable<SearchedAccount["search"]> = {
  ...{ startedAt: NOW, finishedAt: NOW, isComplete: false, things: 9, managed: 4, managedByGuess: 0 },
  ...{ unreadStacks: 0, drifts: 0, unmanaged: 3, leftOut: { default: 2 }, calls: 12, waitedMs: 80 },
  units: [
    {
      ...{ service: "iam", region: "global", seen: 0 },
      problems: [{ kind: "denied", permission: "iam:ListUsers", message: "no" }],
    },
  ],
};

export const searchedAccount = (name: string, labelSet: LabelSetKey): SearchedAccount => ({
  ...{
    name,
    labels: { env: name },
    labelSet,
    regions: ["eu-central-1"],
    account: "123456789012",
    search: SEARCH,
  },
});

export const unmanagedNamed = (id: string, with_: Partial<UnmanagedRecord> = {}): UnmanagedRecord => ({
  ...{
    id: id as UnmanagedId,
    account: "prod",
    region: "global",
    type: "aws_iam_user",
    importId: id,
    unit: "iam",
  },
  ...{ status: "open", digest: "sha256:00", attributes: { name: id }, tags: {}, attributions: [], times: 1 },
  ...{ firstSeenAt: NOW, openedAt: NOW, seenAt: NOW, updatedAt: NOW },
  ...with_,
});

export const saidSecurity = (severity: Severity): Classification => ({
  ...{ class: "security", severity, isComplete: true, problems: [], rules: [], adjustments: [] },
  ...{ fallback: { because: "It is about identity." }, policy: "sha256:00" },
});
