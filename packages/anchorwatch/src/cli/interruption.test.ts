import { describe, expect, it } from "vitest";
import { untilInterrupted } from "./interruption.ts";
import { manualSignals, manualTimer } from "./testSurroundings.fixture.ts";

const never = () => new Promise<never>(() => {});

describe("work until an interruption", () => {
  it("that ends in time gives its value, and listens no longer", async () => {
    const signals = manualSignals();
    const outcome = await untilInterrupted({ ...signals, ...manualTimer() }, async () => 7);
    expect(outcome).toEqual({ kind: "done", value: 7 });
    expect(signals.listening()).toBe(0);
  });

  it("that fails gives its error", async () => {
    const outcome = await untilInterrupted({ ...manualSignals(), ...manualTimer() }, () =>
      Promise.reject("no"),
    );
    expect(outcome).toEqual({ kind: "failed", error: "no" });
  });

  it("is told to stop, and waited for: what it gives then no longer counts", async () => {
    const signals = manualSignals();
    const outcome = untilInterrupted({ ...signals, ...manualTimer() }, (signal) => {
      return new Promise<number>((resolve) => signal.addEventListener("abort", () => resolve(7)));
    });
    signals.send("SIGTERM");
    expect(await outcome).toEqual({ kind: "interrupted", signal: "SIGTERM" });
  });

  it("that does not stop is left behind when the time is up", async () => {
    const signals = manualSignals();
    const timer = manualTimer();
    const outcome = untilInterrupted({ ...signals, ...timer }, never);
    signals.send("SIGINT");
    timer.tick();
    expect(await outcome).toEqual({ kind: "interrupted", signal: "SIGINT" });
    expect([signals.listening(), timer.running()]).toEqual([0, 0]);
  });

  it("that does not stop is left behind at the second signal", async () => {
    const signals = manualSignals();
    const outcome = untilInterrupted({ ...signals, ...manualTimer() }, never);
    signals.send("SIGINT");
    signals.send("SIGINT");
    expect(await outcome).toEqual({ kind: "interrupted", signal: "SIGINT" });
  });
});
