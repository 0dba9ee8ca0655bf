import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SEVERITIES } from "../domain/classification.ts";
import type { DriftId } from "./drift.ts";
import type { ExceptionState } from "./exception.ts";
import { lastToEnd, maySilence, stepException } from "./stepException.ts";

const NOW = Date.UTC(2026, 0, 1);
const time = fc.integer({ min: -1000, max: 1000 }).map((offset) => new Date(NOW + offset));
const digest = fc.constantFrom("sha256:a", "sha256:b");
const states: readonly ExceptionState[] = ["active", "expired", "rearmed", "revoked"];

const exception = fc.record({
  kind: fc.constant("accept" as const),
  state: fc.constantFrom(...states),
  until: time,
  digest,
  evenCritical: fc.boolean(),
});
const drift = fc.record({
  id: fc.constant("d" as DriftId),
  status: fc.constantFrom("open" as const, "closed" as const),
  digest,
  severity: fc.constantFrom(undefined, ...SEVERITIES),
});

describe("an exception", () => {
  it("that has ended never ends again, nor comes back", () => {
    fc.assert(
      fc.property(exception, fc.option(drift, { nil: undefined }), time, (one, about, now) => {
        if (one.state !== "active") expect(stepException(one, about, now)).toBeUndefined();
      }),
    );
  });

  it("goes on exactly as long as its time is not over and the drift is what was accepted", () => {
    fc.assert(
      fc.property(exception, drift, time, (given, about, now) => {
        const one = { ...given, state: "active" as const };
        const isCritical = about.severity === undefined || about.severity === "critical";
        const goesOn =
          now < one.until &&
          about.status === "open" &&
          about.digest === one.digest &&
          (one.evenCritical || !isCritical);
        expect(stepException(one, about, now) === undefined).toBe(goesOn);
      }),
    );
  });

  it("whose time is over has expired, whatever became of the drift", () => {
    fc.assert(
      fc.property(exception, fc.option(drift, { nil: undefined }), (given, about) => {
        const step = stepException({ ...given, state: "active" }, about, given.until);
        expect(step?.end).toBe("expired");
      }),
    );
  });

  it("that ignores or escalates ends by its time alone", () => {
    const pattern = fc.record({
      kind: fc.constantFrom("ignore" as const, "escalate" as const),
      state: fc.constant("active" as const),
      until: time,
    });
    fc.assert(
      fc.property(pattern, drift, time, (one, about, now) => {
        expect(stepException(one, about, now)?.end).toBe(now >= one.until ? "expired" : undefined);
      }),
    );
    expect(
      stepException({ kind: "escalate", state: "active" }, undefined, new Date(8.64e15)),
    ).toBeUndefined();
  });

  it("silences what is critical, or what nobody has classified, only where it says so", () => {
    for (const severity of [undefined, ...SEVERITIES]) {
      expect(maySilence({ evenCritical: true }, { severity })).toBe(true);
      const isCritical = severity === undefined || severity === "critical";
      expect(maySilence({ evenCritical: false }, { severity })).toBe(!isCritical);
    }
  });

  it("of several the one that ends last silences", () => {
    const one = { id: "1", kind: "ignore", until: new Date(NOW) } as const;
    const other = { id: "2", kind: "accept", until: new Date(NOW + 1) } as const;
    expect(lastToEnd([one, other])).toBe(other);
    expect(lastToEnd([other, one])).toBe(other);
    expect(lastToEnd([])).toBeUndefined();
  });
});
