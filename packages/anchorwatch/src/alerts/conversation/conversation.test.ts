import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SEVERITIES } from "../../domain/classification.ts";
import type { Alert, AlertId, MemberCounts } from "../alert.ts";
import { type AlertEvent, escalatedTo, nextMoment, stepAlert } from "./stepAlert.ts";
import { type Standing, type Telling, type Told, tellingOf, toldNow } from "./telling.ts";

const T0 = Date.UTC(2026, 0, 2);
const at = (seconds: number) => new Date(T0 + seconds * 1000);
const somebody = (seconds: number) => ({ at: at(seconds), by: "u1", byName: "Ada" });

function anAlert(with_: Partial<Alert> = {}): Alert {
  return {
    id: "a" as AlertId,
    cause: { kind: "drift", drift: "d" },
    ...{ status: "open", severity: "medium", class: "operational" },
    ...{ openedAt: at(0), begunAt: at(0), updatedAt: at(0), joinedAt: at(0) },
    ...{ times: 1, raised: 0, escalation: 0, ladder: [] },
    ...with_,
  };
}

const counts = (with_: Partial<MemberCounts> = {}): MemberCounts => ({
  ...{ total: 1, open: 1, severity: "medium", class: "operational" },
  ...with_,
});

const drifts = (seconds: number, with_: Partial<MemberCounts> = {}): AlertEvent => ({
  kind: "drifts",
  counts: counts(with_),
  resolution: "reverted",
  ...{ hasJoined: false, isBeyondAnswer: false },
  at: at(seconds),
});

describe("an alert", () => {
  it("is resolved when none of its drifts is open, says why, and begins again unanswered", () => {
    const known = stepAlert(anAlert(), { kind: "acknowledged", answer: somebody(5) });
    const over = stepAlert(known, drifts(10, { open: 0 }));
    expect(over).toMatchObject({ status: "resolved", resolution: "reverted", resolvedAt: at(10) });
    const again = stepAlert(over, drifts(20));
    expect(again).toMatchObject({ status: "open", times: 2, begunAt: at(20) });
    expect([again.acknowledged, again.resolution, again.resolvedAt]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("goes further up step by step while nobody answers, and not once somebody does", () => {
    const ladder = [
      { afterMs: 60_000, to: ["second"] },
      { afterMs: 120_000, to: ["chief"] },
    ];
    const alert = anAlert({ ladder });
    expect(nextMoment(alert)).toEqual(at(60));
    expect(stepAlert(alert, { kind: "passed", at: at(59) })).toBe(alert);
    const once = stepAlert(alert, { kind: "passed", at: at(60) });
    expect([once.escalation, escalatedTo(once)]).toEqual([1, ["second"]]);
    expect(stepAlert(once, { kind: "passed", at: at(61) })).toBe(once);
    expect(escalatedTo(stepAlert(alert, { kind: "passed", at: at(500) }))).toEqual(["second", "chief"]);
    const answered = stepAlert(once, { kind: "acknowledged", answer: somebody(62) });
    expect(nextMoment(answered)).toBeUndefined();
    expect(stepAlert(answered, { kind: "passed", at: at(500) })).toBe(answered);
  });

  it("is brought up again when its snooze ends, and when it gets worse than what was answered", () => {
    const snoozed = stepAlert(anAlert(), { kind: "snoozed", answer: somebody(1), until: at(100) });
    expect(nextMoment(snoozed)).toEqual(at(100));
    expect(stepAlert(snoozed, { kind: "passed", at: at(99) })).toBe(snoozed);
    const up = stepAlert(snoozed, { kind: "passed", at: at(100) });
    expect([up.snoozed, up.raised]).toEqual([undefined, 1]);
    const known = stepAlert(anAlert(), { kind: "acknowledged", answer: somebody(1) });
    const same = stepAlert(known, drifts(2, { total: 2, open: 2 }));
    expect([same.acknowledged?.byName, same.raised]).toEqual(["Ada", 0]);
    const worse = stepAlert(known, drifts(2, { severity: "critical" }));
    expect([worse.acknowledged, worse.raised]).toEqual([undefined, 1]);
    const beyond = { ...drifts(2), hasJoined: true, isBeyondAnswer: true };
    for (const answered of [known, snoozed]) {
      const others = stepAlert(answered, beyond);
      expect([others.acknowledged, others.snoozed, others.raised]).toEqual([undefined, undefined, 1]);
    }
    expect(stepAlert(anAlert(), beyond).raised).toBe(0);
  });

  it("takes no answer twice, and none when it is over", () => {
    const known = stepAlert(anAlert(), { kind: "acknowledged", answer: somebody(1) });
    expect(stepAlert(known, { kind: "acknowledged", answer: { ...somebody(2), by: "u2" } })).toBe(known);
    const over = stepAlert(anAlert(), drifts(3, { open: 0 }));
    expect(stepAlert(over, { kind: "acknowledged", answer: somebody(4) })).toBe(over);
    expect(stepAlert(over, { kind: "snoozed", answer: somebody(4), until: at(100) })).toBe(over);
    expect(stepAlert(over, drifts(5, { open: 0 }))).toBe(over);
  });
});

/** A channel that is asked after every event, and tells at once what may be told. */
function standingOf(alert: Alert, total: number): Standing {
  const answered = alert.acknowledged === undefined ? "open" : "acknowledged";
  const lives = alert.snoozed === undefined ? answered : "snoozed";
  const status = alert.status === "resolved" ? "resolved" : lives;
  const { severity, times, raised } = alert;
  const content = JSON.stringify([status, severity, times, raised, total, alert.resolution]);
  return { status, severity, times, raised, total, content };
}

const severity = fc.constantFrom(...SEVERITIES);
const event = fc.oneof(
  fc.record({ kind: fc.constant("drifts" as const), open: fc.nat(2), severity }),
  fc.record({ kind: fc.constant("acknowledged" as const) }),
  fc.record({ kind: fc.constant("snoozed" as const), for: fc.integer({ min: 1, max: 50 }) }),
  fc.record({ kind: fc.constant("passed" as const) }),
);

describe.each([true, false])("what a channel is told, changed in place: %s", (canUpdate) => {
  it("is never the same twice, its end once, and nothing after its end until it begins again", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(event, fc.integer({ min: 1, max: 2000 })), { maxLength: 60 }),
        (given) => {
          let alert = anAlert({ ladder: [{ afterMs: 300_000, to: ["up"] }] });
          let told: Told | undefined;
          let seconds = 0;
          let total = 1;
          const said: { readonly telling: Telling; readonly standing: Standing }[] = [];
          const ask = () => {
            const standing = standingOf(alert, total);
            const telling = tellingOf(told, standing, canUpdate);
            if (telling === undefined || (telling.notBefore ?? at(0)) > at(seconds)) return;
            told = toldNow(told, standing, telling.step, at(seconds));
            said.push({ telling, standing });
            expect(tellingOf(told, standing, canUpdate)).toBeUndefined();
          };
          ask();
          for (const [one, passes] of given) {
            seconds += passes;
            if (one.kind === "drifts") {
              total = Math.max(total, one.open);
              alert = stepAlert(alert, drifts(seconds, { open: one.open, total, severity: one.severity }));
            } else if (one.kind === "acknowledged")
              alert = stepAlert(alert, { ...one, answer: somebody(seconds) });
            else if (one.kind === "snoozed")
              alert = stepAlert(alert, {
                kind: "snoozed",
                answer: somebody(seconds),
                until: at(seconds + one.for),
              });
            else alert = stepAlert(alert, { ...one, at: at(seconds) });
            ask();
          }
          for (const [index, { telling, standing }] of said.entries()) {
            const before = said[index - 1];
            const isFirst = before === undefined || before.telling.step === "resolve";
            if (isFirst) expect(telling.step).toBe("open");
            if (telling.step === "resolve") expect(standing.status).toBe("resolved");
            else expect(standing.status).not.toBe("resolved");
            if (before !== undefined) expect(standing.content).not.toBe(before.standing.content);
          }
          // Whoever was told of the beginning is told of the end.
          if (alert.status === "resolved") expect(said.at(-1)?.telling.step ?? "resolve").toBe("resolve");
        },
      ),
    );
  });
});
