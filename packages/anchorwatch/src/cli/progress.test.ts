import { describe, expect, it } from "vitest";
import { type ProgressStyle, progressStyle, progressText, showProgress } from "./progress.ts";
import { manualTimer } from "./testSurroundings.fixture.ts";

function display(style: ProgressStyle, width = 80) {
  const timer = manualTimer();
  const written: string[] = [];
  const progress = showProgress({
    style,
    write: (text) => written.push(text),
    now: () => 0,
    every: timer.every,
    width: () => width,
  });
  return { timer, written, progress };
}

describe("progress", () => {
  it("says how far it is, how fast, what drifted and what it waits for", () => {
    const slowest = { address: "aws_sqs_queue.jobs", milliseconds: 12_400 };
    expect(
      progressText({ phase: "reading", text: "reading", done: 120, total: 1005, drifted: 3, slowest }, 2000),
    ).toBe("reading 120 of 1005 · 60/s · 3 drifted · waiting for aws_sqs_queue.jobs, 12 s");
    expect(progressText({ phase: "state", text: "reading the state" }, 0)).toBe("reading the state");
  });

  it("lets no address act on the terminal", () => {
    const slowest = { address: "a.b\u001b[2J\n", milliseconds: 5000 };
    expect(progressText({ phase: "reading", text: "x\u0007", slowest }, 0)).toBe(
      "x\\u0007 · waiting for a.b\\u001b[2J\\n, 5.0 s",
    );
  });

  it("redraws one line on a terminal, only when it changed, and clears it at the end", () => {
    const { timer, written, progress } = display("redrawn");
    timer.tick();
    progress.update({ phase: "state", text: "one" });
    progress.update({ phase: "state", text: "two" });
    timer.tick();
    timer.tick();
    progress.stop();
    timer.tick();
    expect(written).toEqual(["\rtwo\u001b[K", "\r\u001b[K"]);
    expect(timer.running()).toBe(0);
  });

  it("never wraps: the line is cut to the terminal's width", () => {
    const { timer, written, progress } = display("redrawn", 10);
    progress.update({ phase: "state", text: "a long line of words" });
    timer.tick();
    expect(written).toEqual(["\ra long l…\u001b[K"]);
  });

  it("is plain lines in a log", () => {
    const { timer, written, progress } = display("lines");
    progress.update({ phase: "reading", text: "reading", done: 1, total: 2 });
    timer.tick();
    progress.stop();
    expect(written).toEqual(["reading 1 of 2\n"]);
  });

  it("is silent when nobody would read it", () => {
    const { timer, written, progress } = display("none");
    progress.update({ phase: "state", text: "x" });
    timer.tick();
    progress.stop();
    expect(written).toEqual([]);
    expect([progressStyle(false, "json"), progressStyle(false, "text"), progressStyle(true, "json")]).toEqual(
      ["none", "lines", "redrawn"],
    );
  });
});
