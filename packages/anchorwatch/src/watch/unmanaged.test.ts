import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stepUnmanaged, type UnmanagedSight, type UnmanagedStatus } from "./unmanaged.ts";

const seen = (digest: string, isSure = true): UnmanagedSight => ({ kind: "unmanaged", digest, isSure });
const known = (status: UnmanagedStatus) => ({ status, digest: "a" });

describe("what no stack has", () => {
  it("is told when it is no deployment that goes on, and held until then", () => {
    expect(stepUnmanaged(undefined, seen("a"))).toBe("opened");
    expect(stepUnmanaged(undefined, seen("a", false))).toBe("held");
    expect(stepUnmanaged(known("held"), seen("a", false))).toBe("seen");
    expect(stepUnmanaged(known("held"), seen("a"))).toBe("opened");
    expect(stepUnmanaged(known("held"), { kind: "ended", end: "managed" })).toBe("forgotten");
  });

  it("is told again when it was accepted and is another thing to worry about now", () => {
    expect(stepUnmanaged(known("accepted"), seen("a"))).toBe("seen");
    expect(stepUnmanaged(known("accepted"), seen("b"))).toBe("rearmed");
    expect(stepUnmanaged(known("closed"), seen("a"))).toBe("reopened");
  });

  it("is never silently gone, and never opened twice", () => {
    const status = fc.constantFrom<UnmanagedStatus>("held", "open", "accepted", "closed");
    const digest = fc.constantFrom("a", "b");
    fc.assert(
      fc.property(status, digest, fc.boolean(), (before, of, isSure) => {
        const step = stepUnmanaged(known(before), seen(of, isSure));
        if (before === "open") expect(["seen", "updated"]).toContain(step);
        expect(["closed", "forgotten", "none"]).not.toContain(step);
        const end = stepUnmanaged(known(before), { kind: "ended", end: "gone" });
        expect(end).toBe(before === "closed" ? "none" : before === "held" ? "forgotten" : "closed");
      }),
    );
  });
});
