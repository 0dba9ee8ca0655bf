import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { MarkStanding } from "../domain/driftMark.ts";
import type { DriftId, DriftRecord, DriftVerdict } from "./drift.ts";
import type { StackId, StateMark } from "./stack.ts";
import { type Look, type Sight, stepDrift } from "./stepDrift.ts";

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds));
const state = (serial: number): StateMark => ({ lineage: "l", serial, digest: `sha256:${serial}` });

function record(more: Partial<DriftRecord> = {}): DriftRecord {
  return {
    id: "d" as DriftId,
    stackId: "s" as StackId,
    resource: '["a.b",null]',
    address: "a.b",
    type: "a",
    status: "open",
    verdict: "changed",
    digest: "one",
    openedAt: at(0),
    updatedAt: at(0),
    times: 1,
    entryId: "e",
    found: {},
    attributions: [],
    state: state(1),
    marks: [{ kind: "value", path: ["tags"], madeAt: "a.b", recorded: "r", live: "l" }],
    seenAt: at(0),
    ...more,
  };
}

const look = (sight: Sight, more: Partial<Look> = {}): Look => ({
  sight,
  standings: [],
  at: at(10),
  state: state(1),
  ...more,
});
const drifted = (digest = "one", verdict: DriftVerdict = "changed"): Sight => ({
  kind: "drifted",
  verdict,
  digest,
});
const IN_SYNC: Sight = { kind: "in_sync" };
const later = (...standings: MarkStanding[]): Partial<Look> => ({ state: state(2), standings });

describe("one record for each resource", () => {
  it("is opened, left alone while nothing is new, updated in place, and reopened after it was closed", () => {
    expect(stepDrift(undefined, look(drifted()))).toEqual({ kind: "opened", verdict: "changed" });
    expect(stepDrift(record(), look(drifted()))).toEqual({ kind: "none" });
    expect(stepDrift(record(), look(drifted("two")))).toEqual({ kind: "updated", verdict: "changed" });
    expect(stepDrift(record(), look(drifted("one", "deleted")))).toEqual({
      kind: "updated",
      verdict: "deleted",
    });
    const closed = record({ status: "closed" });
    expect(stepDrift(closed, look(drifted()))).toEqual({ kind: "reopened", verdict: "changed" });
    expect(stepDrift(closed, look(IN_SYNC))).toEqual({ kind: "none" });
    expect(stepDrift(undefined, look(IN_SYNC))).toEqual({ kind: "none" });
  });

  it("is not moved by what could not be seen, or was read before it", () => {
    expect(stepDrift(record(), look({ kind: "unseen" }))).toEqual({ kind: "none" });
    const old = { at: at(0) };
    expect(stepDrift(record({ seenAt: at(5) }), look(IN_SYNC, old))).toEqual({ kind: "none" });
    expect(stepDrift(record({ seenAt: at(5), status: "closed" }), look(drifted(), old))).toEqual({
      kind: "none",
    });
  });
});

describe("a rule that silences differences", () => {
  const ignored = (...paths: string[][]): Sight => ({ kind: "ignored", paths });

  it("closes the drift that it speaks of as ignored, and not as reverted", () => {
    expect(stepDrift(record(), look(ignored(["tags", "Owner"])))).toEqual({ kind: "closed", end: "ignored" });
    const deleted = record({ verdict: "deleted", marks: [] });
    expect(stepDrift(deleted, look(ignored(["tags"])))).toEqual({ kind: "closed", end: "ignored" });
  });

  it("closes nothing that a state absorbed elsewhere in the resource", () => {
    const elsewhere = ignored(["description"]);
    expect(stepDrift(record(), look(elsewhere, later("stranger")))).toEqual({ kind: "absorbed" });
    const absorbed = record({ verdict: "absorbed", state: state(2) });
    expect(stepDrift(absorbed, look(elsewhere, later("stranger")))).toEqual({ kind: "none" });
    expect(stepDrift(record(), look(elsewhere))).toEqual({ kind: "closed", end: "reverted" });
  });
});

describe("a drift that is seen no more", () => {
  it("was reverted when the state is the same", () => {
    expect(stepDrift(record(), look(IN_SYNC))).toEqual({ kind: "closed", end: "reverted" });
  });

  it("was deployed when a new state records again what was recorded before", () => {
    expect(stepDrift(record(), look(IN_SYNC, later("restored")))).toEqual({
      kind: "closed",
      end: "deployed",
    });
  });

  it("was adopted when the code says what is recorded now", () => {
    expect(stepDrift(record(), look(IN_SYNC, later("declared")))).toEqual({ kind: "closed", end: "adopted" });
  });

  it("was absorbed when a new state records the stranger, or nobody can tell", () => {
    for (const standing of ["stranger", "undecided"] as const)
      expect(stepDrift(record(), look(IN_SYNC, later(standing)))).toEqual({ kind: "absorbed" });
    // Nobody asked the new record.
    expect(stepDrift(record(), look(IN_SYNC, later()))).toEqual({ kind: "absorbed" });
  });

  it("stays absorbed, and is told once, until what was recorded is back or the code was changed", () => {
    const absorbed = record({ verdict: "absorbed", state: state(2) });
    expect(stepDrift(absorbed, look(IN_SYNC, later("stranger")))).toEqual({ kind: "none" });
    expect(stepDrift(absorbed, look(IN_SYNC, later("declared")))).toEqual({ kind: "closed", end: "adopted" });
    const newer: Partial<Look> = { state: state(3), standings: ["restored"] };
    expect(stepDrift(absorbed, look(IN_SYNC, newer))).toEqual({ kind: "closed", end: "deployed" });
  });

  it("stays absorbed while another part of it shows", () => {
    const seen = look(drifted("two"), later("stranger", "restored"));
    expect(stepDrift(record(), seen)).toEqual({ kind: "updated", verdict: "absorbed" });
    const absorbed = record({ verdict: "absorbed", digest: "two", state: state(2) });
    expect(stepDrift(absorbed, seen)).toEqual({ kind: "none" });
  });
});

describe("a resource that is in the state no more", () => {
  const left = (exists: boolean, declared: boolean): Sight => ({ kind: "left_the_state", exists, declared });

  it("is unmanaged while it runs, and adopted when a state has it again", () => {
    expect(stepDrift(record(), look(left(true, false)))).toEqual({ kind: "updated", verdict: "unmanaged" });
    const unmanaged = record({ verdict: "unmanaged", marks: [] });
    expect(stepDrift(unmanaged, look(left(true, true)))).toEqual({ kind: "none" });
    expect(stepDrift(unmanaged, look(IN_SYNC))).toEqual({ kind: "closed", end: "adopted" });
  });

  it("is absorbed when it comes back into a state with what had drifted before", () => {
    const unmanaged = record({ verdict: "unmanaged" });
    expect(stepDrift(unmanaged, look(IN_SYNC, later("stranger")))).toEqual({ kind: "absorbed" });
    expect(stepDrift(unmanaged, look(IN_SYNC, later()))).toEqual({ kind: "absorbed" });
    expect(stepDrift(unmanaged, look(IN_SYNC, later("restored")))).toEqual({
      kind: "closed",
      end: "deployed",
    });
  });

  it("is removed when neither the cloud nor the code has it", () => {
    expect(stepDrift(record(), look(left(false, false)))).toEqual({ kind: "closed", end: "removed" });
  });

  it("is absorbed when somebody deleted it and the state forgot it, but the code did not", () => {
    const deleted = record({ verdict: "deleted", marks: [] });
    expect(stepDrift(deleted, look(left(false, true)))).toEqual({ kind: "absorbed" });
    const absorbed = record({ verdict: "absorbed", marks: [] });
    expect(stepDrift(absorbed, look(left(false, true)))).toEqual({ kind: "none" });
    expect(stepDrift(absorbed, look(IN_SYNC, later()))).toEqual({ kind: "closed", end: "deployed" });
  });
});

it("never closes on a new state in which a stranger stands, whatever else is seen", () => {
  const standings = fc.array(fc.constantFrom<MarkStanding>("restored", "declared", "stranger", "undecided"), {
    minLength: 1,
    maxLength: 4,
  });
  const verdicts = fc.constantFrom<DriftVerdict>("changed", "absorbed", "deleted", "unmanaged");
  const sights = fc.constantFrom<Sight>(IN_SYNC, drifted(), drifted("two"), {
    kind: "ignored",
    paths: [["description"]],
  });
  fc.assert(
    fc.property(standings, verdicts, sights, (all, verdict, sight) => {
      fc.pre(all.some((standing) => standing === "stranger" || standing === "undecided"));
      const mark = { kind: "value", path: ["tags"], madeAt: "a.b", recorded: "r", live: "l" } as const;
      const known = record({ verdict, marks: all.map(() => mark) });
      expect(stepDrift(known, look(sight, later(...all))).kind).not.toBe("closed");
    }),
  );
});
