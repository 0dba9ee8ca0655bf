/** A stack of two resources, of which everything can be changed by anybody, under a watch whose records lie in memory. */
import { change, checkResult, resource } from "../../cli/formats/checkResult.fixture.ts";
import {
  declared,
  either,
  objectShape,
  optional,
  STRING,
  value,
} from "../../compare/exampleShapes.fixture.ts";
import type { Fingerprint } from "../../compare/fingerprints.ts";
import { marksOf, standingOfMark } from "../../compare/marks.ts";
import type { AuditEvent } from "../../domain/auditEvent.ts";
import type { ResourceResult, Verdict } from "../../domain/check.ts";
import type { JsonObject } from "../../domain/jsonValue.ts";
import type { LabelSetKey } from "../../domain/labels.ts";
import { aStack } from "../../store/records.fixture.ts";
import type { Marked } from "../../terraform/read/marked.ts";
import type { OutsideResource, OutsideSight } from "../../terraform/read/outside.ts";
import { STATE_ADDRESS } from "../../watch/deployment.ts";
import type { DriftRecord, DriftStep } from "../../watch/drift.ts";
import { NO_METER } from "../../watch/meter.ts";
import type { CheckedStack, KnownResource, OutboxEntry, WatchRecords } from "../../watch/records.ts";
import type { StackStatus, StateMark } from "../../watch/stack.ts";
import { NO_RULES } from "../policy/noRules.ts";
import { rulesInForce } from "../policy/rulesInForce.ts";
import { type CheckOutcome, checkWatched } from "./checking.ts";
import type { HotCheck, HotStack, Look } from "./stacks/hotStack.ts";
import type { WatchContext } from "./watchContext.ts";

export const ATTRIBUTES = ["said", "unsaid"] as const;
export type AttributeName = (typeof ATTRIBUTES)[number];
export type Values = { readonly [name in AttributeName]: string };

export interface Recorded {
  readonly id: string;
  readonly values: Values;
}

const TYPE = "t_thing";
const PROVIDER = "registry.terraform.io/hashicorp/aws";
/** The code sets one of them, and leaves the other to the cloud. */
const SHAPE = objectShape({ said: optional(STRING), unsaid: either(STRING) });
const DELIVERY = "arn:aws:iam::1:role/deploy";

class World {
  /** What runs, by id. */
  readonly live = new Map<string, Values>();
  /** What the state has, by address. */
  readonly recorded = new Map<string, Recorded>();
  /** What the code sets `said` to, by address. */
  readonly code = new Map<string, string>();
  serial = 1;
  /** Of the state as it is. */
  writer: "delivery" | "stranger" = "delivery";
  #writes: AuditEvent[] = [];

  constructor() {
    for (const name of ["a", "b"]) {
      const values = { said: "0", unsaid: "0" };
      this.live.set(`id-${name}`, values);
      this.recorded.set(`${TYPE}.${name}`, { id: `id-${name}`, values });
      this.code.set(`${TYPE}.${name}`, "0");
    }
  }

  get mark(): StateMark {
    return { lineage: "l", serial: this.serial, digest: `sha256:${this.serial}` };
  }

  get writes(): readonly AuditEvent[] {
    return this.#writes;
  }

  /** The state is written, by the stack's delivery or by somebody else. */
  write(by: "delivery" | "stranger", at: Date): void {
    this.serial += 1;
    this.writer = by;
    const principal = by === "delivery" ? DELIVERY : "arn:aws:iam::1:user/eve";
    this.#writes = [
      {
        id: `write-${this.serial}`,
        source: "trail",
        time: at,
        name: "PutObject",
        service: "s3.amazonaws.com",
        actor: { principal, kind: "user", channel: "cli" },
        identifiers: [],
      },
      ...this.#writes,
    ];
  }

  /** Of a resource of the state, as a provider that fails for some of them tells. */
  result(address: string, blind: ReadonlySet<string>): ResourceResult {
    const { id, values } = this.recorded.get(address) as Recorded;
    const given = { id, provider: PROVIDER };
    if (blind.has(address))
      return resource(address, {
        ...given,
        verdict: "unknown",
        reason: { code: "x", message: "x" },
      } as never);
    const now = this.live.get(id);
    if (now === undefined) return resource(address, { ...given, verdict: "deleted", changes: [] });
    const changes = ATTRIBUTES.filter((name) => now[name] !== values[name]).map((name) =>
      change({ path: [name], recorded: values[name], live: now[name] }),
    );
    return resource(address, { ...given, verdict: changes.length === 0 ? "in_sync" : "changed", changes });
  }

  marked(address: string, known: Marked["marks"]): Marked {
    const { id, values } = this.recorded.get(address) as Recorded;
    const recorded = value({ ...values });
    const now = this.live.get(id);
    const said = this.code.get(address);
    const newer = {
      shape: SHAPE,
      recorded,
      declared: said === undefined ? undefined : declared({ said: true }),
      declaredValues: value(said === undefined ? {} : { said }),
      isDeclaredElsewhere: () => false,
    };
    const standings = known.map((mark) =>
      standingOfMark(mark, { ...newer, fingerprint: fingerprintAt(mark.madeAt) }),
    );
    const madeAt = known[0]?.madeAt ?? address;
    const at = () => ({ madeAt, fingerprint: fingerprintAt(madeAt) });
    const paths = ATTRIBUTES.filter((name) => now !== undefined && now[name] !== values[name]).map((name) => [
      name,
    ]);
    return {
      marks: now === undefined ? [] : marksOf(paths, { shape: SHAPE, recorded, live: value({ ...now }), at }),
      standings,
    };
  }
}

function fingerprintAt(address: string): Fingerprint {
  return (path, secret) => `${address} ${JSON.stringify(path)} ${secret}`;
}

/** The watch over it, which is asked for one check after the other. */
export class Watch {
  readonly world = new World();
  readonly drifts = new Map<string, DriftRecord>();
  readonly steps: DriftStep[] = [];
  readonly entries: OutboxEntry[] = [];
  get state(): StateMark | undefined {
    return this.#status.state;
  }

  /** What the state had when it was looked at the last time. */
  get known(): readonly KnownResource[] {
    return this.#known;
  }

  #status: StackStatus = {
    stack: aStack(),
    labelSet: 1 as LabelSetKey,
    health: "new",
    failures: 0,
    openDrifts: 0,
  };
  #known: readonly KnownResource[] = [];
  #ids = 0;
  #clock = Date.UTC(2026, 0, 1);

  now(): Date {
    this.#clock += 1000;
    return new Date(this.#clock);
  }

  /** @param blind addresses that cannot be read */
  async check(addresses: readonly string[] | undefined, blind: ReadonlySet<string>): Promise<CheckOutcome> {
    return await checkWatched(this.#context(blind), this.#status, {
      trigger: addresses === undefined ? "schedule" : "event",
      ...(addresses === undefined ? {} : { addresses }),
      job: { signal: new AbortController().signal, hold: async () => {} },
    });
  }

  #context(blind: ReadonlySet<string>): WatchContext {
    const hot = this.#hot(blind);
    return {
      records: this.#records(),
      stacks: {
        with: async (...[, , work]: Parameters<WatchContext["stacks"]["with"]>) =>
          await work(hot, {} as never),
        deliveryOf: () => ({ principals: [DELIVERY] }),
      },
      identities: () => [],
      rules: rulesInForce(NO_RULES, () => undefined),
      meter: NO_METER,
      now: () => this.now(),
      newId: () => `${++this.#ids}`,
      random: () => 0,
      searchTrails: async () => {},
      onWarning: () => {},
    } as unknown as WatchContext;
  }

  #hot(blind: ReadonlySet<string>): HotStack {
    const { world } = this;
    return {
      mark: world.mark,
      stateNames: [],
      identifiers: () => [],
      // Of other stacks nothing is asked here.
      claims: () => [],
      resources: () =>
        [...world.recorded].map(([address, { id }]) => ({ address, type: TYPE, provider: PROVIDER, id })),
      outside: async (lost: readonly OutsideResource[]) =>
        lost.map(
          ({ address, id }): OutsideSight => ({
            kind: "left_the_state",
            exists: world.live.has(id),
            declared: world.code.has(address),
          }),
        ),
      check: async (look: Look) => this.#checked(look, blind),
    } as unknown as HotStack;
  }

  #checked({ targets, remembered }: Look, blind: ReadonlySet<string>): HotCheck {
    const { world } = this;
    const addresses = [...world.recorded.keys()].filter((address) => targets?.includes(address) ?? true);
    const resources = addresses.map((address) => world.result(address, blind));
    const seen = resources.filter(({ verdict }) => verdict !== ("unknown" satisfies Verdict));
    const pending = addresses
      .filter((address) => {
        const said = world.code.get(address);
        return said !== undefined && said !== world.recorded.get(address)?.values.said;
      })
      .map((address) => ({
        address: address as never,
        action: "update" as const,
        changes: [],
        alreadyLive: false,
      }));
    const marked = seen.map(
      (one) => [one.address, world.marked(one.address, remembered?.of(one) ?? [])] as const,
    );
    const times = { startedAt: this.now(), finishedAt: this.now() };
    return {
      ...checkResult(resources, { ...times, pending }),
      mark: world.mark,
      marked: new Map(marked),
      wholes: new Map(),
    };
  }

  #records(): WatchRecords {
    const open = () => [...this.drifts.values()].filter(({ status }) => status === "open");
    const records = {
      transaction: (work: (inside: WatchRecords) => Promise<unknown>) =>
        work(records as unknown as WatchRecords),
      stacks: {
        checked: async (_id: string, { state, at }: CheckedStack) => {
          this.#status = { ...this.#status, health: "ok", state, lastCompleteAt: at };
        },
        failed: async () => {},
        byId: async () => this.#status,
      },
      checks: { add: async () => {} },
      drifts: {
        list: async () => open(),
        lockOpen: async () => open(),
        lockResource: async (_id: string, name: string) =>
          [...this.drifts.values()].findLast((drift) => drift.resource === name),
        save: async (drift: DriftRecord, step: DriftStep) => {
          this.drifts.set(drift.id, drift);
          this.steps.push(step);
        },
        seenOf: async () => new Map(),
        seenUnder: async (ids: readonly string[], state: StateMark) => {
          for (const id of ids) this.drifts.set(id, { ...(this.drifts.get(id) as DriftRecord), state });
        },
      },
      events: {
        ofResource: async ({ address }: { readonly address: string }) =>
          address === STATE_ADDRESS ? this.world.writes.slice(0, 1) : [],
        naming: async () => [],
      },
      identifiers: { replace: async () => {}, find: async () => [] },
      unmanaged: { keepPlaces: async () => {} },
      resources: {
        list: async () => this.#known,
        replace: async (_id: string, known: readonly KnownResource[]) => {
          this.#known = known;
        },
      },
      exceptions: { lockActive: async () => [], save: async () => {} },
      claims: { lock: async () => {}, open: async () => [], save: async () => {} },
      outbox: { put: async (entries: readonly OutboxEntry[]) => void this.entries.push(...entries) },
    };
    return records as unknown as WatchRecords;
  }
}

/** What a record says runs, by attribute. */
export function shown({ found }: Pick<DriftRecord, "found">): JsonObject {
  return (found["after"] ?? {}) as JsonObject;
}
