/** The alerter over a real database, a clock that is set, and channels that remember what they were told. */
import { randomUUID } from "node:crypto";
import { type Channel, ChannelFailure, type Delivery } from "../../alerts/channel.ts";
import { DEFAULT_GROUPING } from "../../alerts/grouping/group.ts";
import type { Classification } from "../../domain/classification.ts";
import type { Warning } from "../../domain/errors.ts";
import { createAlertRecords } from "../../store/alertRecords.ts";
import type { Database } from "../../store/connect.ts";
import { createDriftsInStacks } from "../../store/driftsInStacks.ts";
import { aDrift, aStack, aStep } from "../../store/records.fixture.ts";
import { createUnmanagedInAccounts } from "../../store/unmanagedInAccounts.ts";
import { createWatchRecords } from "../../store/watchRecords.ts";
import type { DriftRecord, DriftStep } from "../../watch/drift.ts";
import type { WatchedStack } from "../../watch/stack.ts";
import type { UnmanagedId, UnmanagedRecord } from "../../watch/unmanaged.ts";
import type { AlertContext } from "./alertContext.ts";
import type { AlertSettings, ChannelSettings } from "./alertSettings.ts";
import { deliverOne, type Outcome } from "./delivering.ts";
import { joinHeld } from "./joinHeld.ts";
import { noticeChanges } from "./noticing.ts";
import { passMoments } from "./passing.ts";
import { tellables } from "./tellables.ts";

/** Whoever is not told what to do with a delivery takes it. */
export class ToldChannel implements Channel {
  readonly name: string;
  readonly kind = "webhook";
  readonly updates: boolean;
  readonly told: Delivery[] = [];
  answer: (delivery: Delivery) => void = () => {};

  constructor(name: string, updates = true) {
    this.name = name;
    this.updates = updates;
  }

  async deliver(delivery: Delivery) {
    this.answer(delivery);
    this.told.push(delivery);
    return { reference: { id: delivery.reference?.["id"] ?? delivery.message.id } };
  }

  get steps(): readonly string[] {
    return this.told.map(({ step }) => step);
  }
}

export function refusing(retry: "again" | "never", afterMs?: number): () => never {
  return () => {
    throw new ChannelFailure("it refuses", retry, afterMs === undefined ? {} : { afterMs });
  };
}

export function channelSettings(channel: Channel, with_: Partial<ChannelSettings> = {}): ChannelSettings {
  return {
    ...{ name: channel.name, kind: channel.kind, digest: randomUUID(), secrets: new Map() },
    ...{ mostPerMinute: 1000, open: () => channel },
    ...with_,
  };
}

export function classified(with_: Partial<Classification> = {}): Classification {
  return {
    ...{ class: "security", severity: "high", isComplete: true, problems: [], rules: [], adjustments: [] },
    policy: "sha256:00",
    ...with_,
  };
}

/** By somebody, at some time. */
export function caused(principal: string, time: Date): DriftRecord["attributions"][number] {
  return {
    ...{ eventId: randomUUID(), eventName: "SetQueueAttributes", service: "sqs.amazonaws.com", time },
    actor: { principal, kind: "user", channel: "console" },
    ...{ person: { kind: "unmapped" }, isDelivery: false },
  };
}

const FOUND = {
  data: {
    resource: {
      type: "aws_sqs_queue",
      provider: "registry.terraform.io/hashicorp/aws",
      id: "https://sqs.eu-central-1.amazonaws.com/1/jobs",
    },
    changes: [{ path: ["delay_seconds"], op: "replace", settable: true }],
    source: { file: "main.tf", line: 12 },
  },
  before: { delay_seconds: 0 },
  after: { delay_seconds: 5 },
};

export class TestAlerting {
  readonly context: AlertContext;
  readonly warnings: Warning[] = [];
  readonly channels: readonly ToldChannel[];
  settings: AlertSettings;
  readonly #database: Database;
  #now = Date.UTC(2026, 0, 7, 12);

  constructor(database: Database, channels: readonly ToldChannel[], with_: Partial<AlertSettings> = {}) {
    this.#database = database;
    this.channels = channels;
    this.settings = {
      channels: channels.map((channel) => channelSettings(channel)),
      ...{ routing: { owners: new Map() }, grouping: DEFAULT_GROUPING },
      ...with_,
    };
    this.context = {
      records: createAlertRecords(database),
      drifts: tellables(createDriftsInStacks(database), createUnmanagedInAccounts(database)),
      settings: () => this.settings,
      seenOf: (ids) => this.watch.drifts.seenOf(ids),
      ownersOf: async () => [],
      isBreakGlass: ({ principal }) => principal.endsWith("/emergency"),
      origin: () => "https://drift.example.com",
      now: () => new Date(this.#now),
      newId: () => randomUUID().replaceAll("-", ""),
      onWarning: (warning) => void this.warnings.push(warning),
    };
  }

  get watch() {
    return createWatchRecords(this.#database);
  }

  now(): Date {
    return new Date(this.#now);
  }

  set(at: string): void {
    this.#now = Date.parse(at);
  }

  pass(seconds: number): void {
    this.#now += seconds * 1000;
  }

  async stack(with_: Partial<WatchedStack> = {}): Promise<WatchedStack> {
    const stack = aStack(with_);
    await this.watch.stacks.add(stack);
    return stack;
  }

  async open(stack: WatchedStack, with_: Partial<DriftRecord> = {}): Promise<DriftRecord> {
    const name = randomUUID();
    const drift = aDrift(stack.id, {
      ...{ resource: name, address: `aws_sqs_queue.q_${name.slice(0, 8)}`, found: FOUND },
      ...{ openedAt: this.now(), updatedAt: this.now(), classification: classified() },
      ...with_,
    });
    await this.watch.drifts.save(drift, aStep(drift));
    return drift;
  }

  /** Something in the account `prod`, which no stack has. */
  async unmanaged(with_: Partial<UnmanagedRecord> = {}): Promise<UnmanagedRecord> {
    const { unmanaged } = this.watch;
    await unmanaged.declareAccounts(
      [{ name: "prod", labels: { env: "prod" }, regions: ["global"] }],
      this.now(),
    );
    const id = randomUUID() as UnmanagedId;
    const at = this.now();
    const record: UnmanagedRecord = {
      ...{ id, account: "prod", region: "global", type: "aws_iam_user", importId: `user-${id}`, unit: "iam" },
      ...{
        status: "open",
        digest: "sha256:00",
        attributes: {},
        tags: {},
        times: 1,
        entryId: `unmanaged-${id}`,
      },
      ...{ firstSeenAt: at, openedAt: at, seenAt: at, updatedAt: at, attributions: [] },
      classification: classified(),
      ...with_,
    };
    await unmanaged.save([record]);
    return record;
  }

  async change(drift: DriftRecord, with_: Partial<DriftRecord>, kind: DriftStep["kind"] = "updated") {
    const changed = { ...drift, updatedAt: this.now(), ...with_ };
    await this.watch.drifts.save(changed, aStep(changed, { kind, at: this.now() }));
    return changed;
  }

  close(drift: DriftRecord): Promise<DriftRecord> {
    return this.change(drift, { status: "closed", end: "reverted", closedAt: this.now() }, "closed");
  }

  /** Whatever is to be noticed and told at this moment, as the running alerter would. */
  async settle(): Promise<readonly Outcome["kind"][]> {
    while ((await noticeChanges(this.context)) > 0);
    while ((await passMoments(this.context)) > 0);
    const outcomes: Outcome["kind"][] = [];
    for (const channel of this.channels) {
      const settings = this.settings.channels.find(({ name }) => name === channel.name);
      const { deliveries } = this.context.records;
      const due = await deliveries.due(channel.name, this.now(), 1000);
      for (const record of await joinHeld(this.context, due)) {
        const delivering = { context: this.context, channel, quiet: settings?.quiet, random: () => 0.5 };
        const { kind } = await deliverOne({ ...delivering, signal: new AbortController().signal }, record);
        outcomes.push(kind);
      }
    }
    return outcomes;
  }
}
