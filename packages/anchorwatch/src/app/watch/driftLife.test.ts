import fc from "fast-check";
import { expect, it } from "vitest";
import type { DriftRecord } from "../../watch/drift.ts";
import {
  ATTRIBUTES,
  type AttributeName,
  type Recorded,
  shown,
  type Values,
  Watch,
} from "./driftLife.fixture.ts";

const NAMES = ["a", "b"] as const;
const ADDRESSES = ["a", "b", "c"].map((name) => addressOf(name));
function addressOf(name: string): string {
  return `t_thing.${name}`;
}
const NOBODY: ReadonlySet<string> = new Set();

const ids = fc.constantFrom(...NAMES.map((name) => `id-${name}`));
const addresses = fc.constantFrom(...ADDRESSES);
const values = fc.constantFrom("0", "1", "2");
const kind = <Kind extends string>(...kinds: Kind[]) => fc.constantFrom(...kinds);

const happenings = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: kind("console"), id: ids, name: kind(...ATTRIBUTES), to: values }),
  },
  { weight: 4, arbitrary: fc.record({ kind: kind("refreshed", "deployed", "swapped") }) },
  { weight: 2, arbitrary: fc.record({ kind: kind("coded"), address: addresses, to: values }) },
  { weight: 2, arbitrary: fc.record({ kind: kind("imported", "renamed"), id: ids, address: addresses }) },
  { weight: 2, arbitrary: fc.record({ kind: kind("deleted", "restored", "forgotten"), id: ids }) },
  { weight: 1, arbitrary: fc.record({ kind: kind("rewritten"), by: kind("delivery", "stranger") }) },
);
type Happening = typeof happenings extends fc.Arbitrary<infer Value> ? Value : never;

/** A sweep, or a look at one address, in which some cannot be read. */
const checks = fc.record({
  only: fc.option(addresses, { nil: undefined, freq: 2 }),
  blind: fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, fc.subarray(ADDRESSES)),
});
const moments = fc.record({ happening: happenings, check: fc.option(checks, { nil: undefined, freq: 4 }) });

/**
 * What must be open, worked out anew: of each drifted attribute what was recorded before it drifted, until that is recorded again or the
 * code says what is.
 */
class Oracle {
  readonly before = new Map<string, Map<AttributeName, string>>();
  readonly gone = new Set<string>();
  /** In no state, and running or in the code. */
  readonly out = new Set<string>();

  see({ world }: Watch, address: string): void {
    const recorded = world.recorded.get(address);
    if (recorded === undefined) return;
    const { id } = recorded;
    const live = world.live.get(id);
    this.out.delete(id);
    const before = this.before.get(id) ?? new Map<AttributeName, string>();
    this.before.set(id, before);
    if (live === undefined) this.gone.add(id);
    else this.gone.delete(id);
    for (const name of ATTRIBUTES) {
      const isRight = before.get(name) === recorded.values[name] || isSaid(world, address, name);
      if (isRight) before.delete(name);
      const drifts = live !== undefined && live[name] !== recorded.values[name];
      if (drifts && !before.has(name)) before.set(name, recorded.values[name]);
    }
  }

  /** Of what the state does not have. @param address where it was, as long as nothing else is there */
  miss({ world }: Watch, id: string, address: string | undefined): void {
    const isDeclared = address !== undefined && world.code.has(address);
    if (world.live.has(id) || isDeclared) this.out.add(id);
    else for (const known of [this.out, this.gone, this.before]) known.delete(id);
  }

  isOpen(id: string): boolean {
    return this.out.has(id) || this.gone.has(id) || (this.before.get(id)?.size ?? 0) > 0;
  }

  /** Of a resource that was just seen. */
  verdict({ world }: Watch, address: string): DriftRecord["verdict"] {
    const { id, values: recorded } = world.recorded.get(address) as Recorded;
    const before = [...(this.before.get(id) ?? [])];
    if (before.some(([name, value]) => recorded[name] !== value)) return "absorbed";
    return this.gone.has(id) ? "deleted" : "changed";
  }
}

function isSaid(world: Watch["world"], address: string, name: AttributeName): boolean {
  return name === "said" && world.code.get(address) === world.recorded.get(address)?.values.said;
}

function happen(watch: Watch, happening: Happening): void {
  const { world } = watch;
  const placeOf = (id: string) => [...world.recorded].find(([, one]) => one.id === id)?.[0];
  const recordedOf = (id: string) => [...world.recorded.values()].find((one) => one.id === id);
  switch (happening.kind) {
    case "console": {
      const live = world.live.get(happening.id);
      if (live !== undefined) world.live.set(happening.id, { ...live, [happening.name]: happening.to });
      return;
    }
    case "deleted":
      world.live.delete(happening.id);
      return;
    case "forgotten": {
      const address = placeOf(happening.id);
      if (address === undefined) return;
      world.recorded.delete(address);
      world.write("stranger", watch.now());
      return;
    }
    case "imported": {
      const live = world.live.get(happening.id);
      if (live === undefined || placeOf(happening.id) !== undefined || world.recorded.has(happening.address))
        return;
      world.recorded.set(happening.address, { id: happening.id, values: live });
      world.write("stranger", watch.now());
      return;
    }
    case "renamed": {
      const address = placeOf(happening.id);
      if (address === undefined || world.recorded.has(happening.address)) return;
      for (const map of [world.recorded, world.code] as Map<string, unknown>[]) {
        const moves = map.get(address);
        map.delete(address);
        if (moves !== undefined) map.set(happening.address, moves);
      }
      world.write("delivery", watch.now());
      return;
    }
    case "restored": {
      const recorded = recordedOf(happening.id);
      if (recorded !== undefined) world.live.set(happening.id, recorded.values);
      return;
    }
    case "refreshed":
      for (const [address, { id, values: known }] of world.recorded)
        world.recorded.set(address, { id, values: world.live.get(id) ?? known });
      world.write("stranger", watch.now());
      return;
    case "deployed":
      for (const [address, { id, values: known }] of world.recorded) {
        const next: Values = {
          ...(world.live.get(id) ?? known),
          said: world.code.get(address) ?? known.said,
        };
        world.live.set(id, next);
        world.recorded.set(address, { id, values: next });
      }
      world.write("delivery", watch.now());
      return;
    case "swapped": {
      for (const map of [world.recorded, world.code] as Map<string, unknown>[]) {
        const [one, other] = NAMES.map((name) => map.get(addressOf(name)));
        set(map, addressOf("a"), other);
        set(map, addressOf("b"), one);
      }
      world.write("delivery", watch.now());
      return;
    }
    case "rewritten":
      world.write(happening.by, watch.now());
      return;
    case "coded":
      world.code.set(happening.address, happening.to);
  }
}

function set<Value>(map: Map<string, Value>, key: string, value: Value | undefined): void {
  if (value === undefined) map.delete(key);
  else map.set(key, value);
}

const idIn = ({ found }: DriftRecord) =>
  ((found["data"] as { resource?: { id?: string } } | undefined)?.resource?.id ?? "") as string;

it("the drifts of a stack have one record each, open until what drifted is put right or in the code, whatever happens", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(moments, { minLength: 1, maxLength: 15 }), async (all) => {
      const watch = new Watch();
      const oracle = new Oracle();
      await watch.check(undefined, NOBODY);
      for (const { happening, check } of all) {
        happen(watch, happening);
        if (check !== undefined) await checkHolds(watch, oracle, check);
      }
      historyHolds(watch);
    }),
    { numRuns: 600 },
  );
});

async function checkHolds(
  watch: Watch,
  oracle: Oracle,
  { only, blind: unread }: { readonly only: string | undefined; readonly blind: readonly string[] },
): Promise<void> {
  const { world, known: before } = watch;
  const drifts = structuredClone([...watch.drifts.values()]);
  const blind = new Set(unread);
  const isNew = watch.state?.serial !== world.serial;
  const outcome = await watch.check(only === undefined ? undefined : [only], blind);
  if (outcome.kind === "failed") {
    expect(outcome.error.code).toBe("stack_unreadable");
    expect([...watch.drifts.values()]).toEqual(drifts);
    return;
  }
  // Of a new state all is looked at.
  const isWanted = (address: string) => isNew || only === undefined || only === address;
  const seen = [...world.recorded.keys()].filter((address) => isWanted(address) && !blind.has(address));
  for (const address of seen) oracle.see(watch, address);
  for (const id of NAMES.map((name) => `id-${name}`)) {
    if ([...world.recorded.values()].some((one) => one.id === id)) continue;
    const drift = drifts.find((one) => one.status === "open" && idIn(one) === id);
    const address = drift?.address ?? (isNew ? before.find((one) => one.id === id)?.address : undefined);
    if (address === undefined || !isWanted(address)) continue;
    oracle.miss(watch, id, address === "" || world.recorded.has(address) ? undefined : address);
  }
  const open = [...watch.drifts.values()].filter(({ status }) => status === "open");
  expect(new Set(open.map(({ resource }) => resource)).size).toBe(open.length);
  expect(open.map(idIn).sort()).toEqual(NAMES.map((name) => `id-${name}`).filter((id) => oracle.isOpen(id)));
  for (const address of seen) {
    const drift = open.find((one) => idIn(one) === world.recorded.get(address)?.id);
    if (drift !== undefined)
      expect(drift).toMatchObject({ address, verdict: oracle.verdict(watch, address) });
  }
  if (isNew) {
    const { data } = watch.entries.findLast(({ entry }) => entry["kind"] === "deployment.found")?.entry ?? {};
    expect(data).toMatchObject({ serial: world.serial });
    const isForeign = (data as { readonly finding?: string }).finding === "foreign_writer";
    expect(isForeign).toBe(world.writer === "stranger");
  }
}

/** Every value that a record had is in its history, in the order of time; and each step but a move brings something new. */
function historyHolds({ drifts, steps }: Watch): void {
  for (const drift of drifts.values()) {
    const own = steps.filter(({ driftId }) => driftId === drift.id);
    expect(own.map(({ at }) => at.getTime())).toEqual(
      own.map(({ at }) => at.getTime()).toSorted((a, b) => a - b),
    );
    expect(own[0]?.kind).toBe("opened");
    for (const [at, step] of own.entries()) {
      const isOpen = at === 0 ? false : own[at - 1]?.kind !== "closed";
      expect(isOpen).toBe(step.kind !== "opened" && step.kind !== "reopened");
    }
    expect(shown(own.at(-1) ?? drift)).toEqual(shown(drift));
    expect(own.filter(({ kind }) => kind === "opened" || kind === "reopened")).toHaveLength(drift.times);
  }
}
