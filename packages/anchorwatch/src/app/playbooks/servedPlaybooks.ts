/** What people and programs may ask of playbooks and freezes. */
import { type Playbook, whatItDoes } from "../../alerts/playbooks/playbook.ts";
import type { PlaybookEvent } from "../../domain/playbookEvent.ts";
import type { DriftId } from "../../watch/drift.ts";
import type { FreezeId, FreezeRecord, FreezeRecords } from "../../watch/freeze.ts";
import type { PlaybookRecords } from "../../watch/playbookRun.ts";
import type { StackId } from "../../watch/stack.ts";
import type { KnownRequester } from "../access/requester.ts";
import { type DryRun, dryRun } from "./dryRun.ts";
import { addFreeze, thawFreeze, type WantedFreeze } from "./freezes.ts";
import type { PlaybookContext } from "./playbookContext.ts";

export interface ServedPlaybooks {
  readonly runs: Pick<PlaybookRecords, "list" | "byId">;
  readonly freezes: Pick<FreezeRecords, "list" | "byId">;
  /** Those of the operator's file. */
  list(): readonly ShownPlaybook[];
  dryRun(name: string, driftId: DriftId): Promise<DryRun | undefined>;
  /** @throws AnchorwatchError `freeze_until_invalid`, `freeze_too_many` */
  freeze(wanted: WantedFreeze, requester: KnownRequester): Promise<FreezeRecord>;
  /** Undefined: there is none. @throws AnchorwatchError `request_outdated`, `freeze_ended` */
  thaw(
    id: FreezeId,
    how: { readonly version: number | undefined; readonly reason: string | undefined },
    requester: KnownRequester,
  ): Promise<FreezeRecord | undefined>;
  /** Undefined: deployments of the stack are not frozen. */
  freezeOf(id: StackId): Promise<FreezeRecord | undefined>;
}

export interface ShownPlaybook {
  readonly name: string;
  readonly on: readonly PlaybookEvent[];
  readonly steps: readonly {
    readonly kind: string;
    readonly does: string;
    readonly timeoutMs: number;
    readonly onFailure: "continue" | "stop";
  }[];
}

export function servedPlaybooks(context: PlaybookContext): ServedPlaybooks {
  const { playbooks: runs, freezes } = context.records;
  return {
    ...{ runs, freezes },
    list: () => context.playbooks().map(shownPlaybook),
    dryRun: (name, driftId) => dryRun(context, name, driftId),
    freeze: (wanted, requester) => addFreeze(context, wanted, requester),
    thaw: (id, how, requester) => thawFreeze(context, id, how, requester),
    freezeOf: (id) => freezes.inForce(id, context.now()),
  };
}

export function shownPlaybook({ name, on, steps }: Playbook): ShownPlaybook {
  return {
    ...{ name, on },
    steps: steps.map((step) => ({
      ...{ kind: step.kind, does: whatItDoes(step) },
      ...{ timeoutMs: step.timeoutMs, onFailure: step.onFailure },
    })),
  };
}
