import { describe, expect, it } from "vitest";
import type { ResourceResult } from "../../domain/check.ts";
import { checkResult, resource } from "../formats/checkResult.fixture.ts";
import {
  beginCheck,
  countRead,
  emptyView,
  endCheck,
  failCheck,
  type LiveView,
  withProblem,
  withStacks,
} from "./model.ts";

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute));

function seen(view: LiveView, minute: number, resources: readonly ResourceResult[]): LiveView {
  return endCheck(view, "net", { ...checkResult([...resources]), finishedAt: at(minute) });
}

const drifted = (name: string, live = "x") =>
  resource(name, {
    verdict: "changed",
    changes: [{ path: ["a"], op: "replace", recorded: "r", live, settable: true }],
  });
const start = withStacks(emptyView(), ["net", "app"]);
const kinds = (view: LiveView) => view.news.map(({ kind, name }) => `${kind} ${name}`.trim());

describe("the live view", () => {
  it("tells once of a drift, and for how long it has been seen", () => {
    let view = seen(start, 1, [drifted("aws_vpc.a")]);
    view = seen(view, 2, [drifted("aws_vpc.a")]);
    expect(view.stacks[0]?.drifts).toMatchObject([{ name: "aws_vpc.a", since: at(1) }]);
    expect(kinds(view)).toEqual(["drifted aws_vpc.a"]);
  });

  it("tells when a drift became another one, and when it went", () => {
    let view = seen(start, 1, [drifted("aws_vpc.a"), drifted("aws_vpc.b")]);
    view = seen(view, 2, [drifted("aws_vpc.a", "y"), resource("aws_vpc.b")]);
    expect(kinds(view)).toEqual([
      "back in order aws_vpc.b",
      "drifts otherwise aws_vpc.a",
      "drifted aws_vpc.b",
      "drifted aws_vpc.a",
    ]);
    expect(view.stacks[0]?.drifts).toMatchObject([{ name: "aws_vpc.a", since: at(1) }]);
  });

  it("never takes what could not be seen for being back in order", () => {
    let view = seen(start, 1, [drifted("aws_vpc.a")]);
    view = seen(view, 2, [
      resource("aws_vpc.a", { verdict: "unknown", reason: { code: "x", message: "no" } }),
    ]);
    expect(view.stacks[0]).toMatchObject({
      seen: { blind: 1 },
      drifts: [{ name: "aws_vpc.a", since: at(1) }],
    });
    expect(kinds(view)).toEqual(["drifted aws_vpc.a"]);
    expect(kinds(seen(view, 3, [resource("aws_vpc.a")]))).toContain("back in order aws_vpc.a");
  });

  it("does not call another value of what nobody sets a change", () => {
    const informational = (live: string) =>
      resource("a.b", {
        verdict: "changed",
        changes: [
          { path: ["x"], op: "replace", recorded: "1", live: "2", settable: true },
          { path: ["y"], op: "replace", recorded: "1", live, settable: false, informational: true },
        ],
      });
    expect(kinds(seen(seen(start, 1, [informational("a")]), 2, [informational("b")]))).toEqual([
      "drifted a.b",
    ]);
  });

  it("keeps what was seen when a check fails, tells of it once, and of its end", () => {
    let view = seen(start, 1, [drifted("aws_vpc.a")]);
    view = failCheck(beginCheck(view, "net", at(2)), "net", "no state", at(2));
    view = failCheck(view, "net", "no state", at(3));
    expect(view.stacks[0]).toMatchObject({
      failure: { message: "no state" },
      drifts: [{ name: "aws_vpc.a" }],
    });
    expect(view.stacks[0]).not.toHaveProperty("checking");
    expect(kinds(view)).toEqual(["failed no state", "drifted aws_vpc.a"]);
    view = seen(view, 4, [drifted("aws_vpc.a")]);
    expect(view.stacks[0]).not.toHaveProperty("failure");
    expect(kinds(view)[0]).toBe("can be read again");
  });

  it("counts what a check has read, for that stack alone", () => {
    const view = countRead(countRead(beginCheck(start, "app", at(1)), "app"), "net");
    expect(view.stacks).toMatchObject([{ name: "net" }, { checking: { since: at(1), read: 1 } }]);
    expect(view.stacks[0]).not.toHaveProperty("checking");
  });

  it("lets stacks come and go with the configuration, and forgets its problem when it is right again", () => {
    const view = withProblem(seen(start, 1, [drifted("aws_vpc.a")]), "line 3");
    const next = withStacks(view, ["db", "net"]);
    expect(next.stacks).toMatchObject([
      { name: "db", drifts: [] },
      { name: "net", drifts: [{}] },
    ]);
    expect(next).not.toHaveProperty("problem");
  });

  it("does not remember news without end", () => {
    let view = start;
    for (let i = 0; i < 300; i++) view = seen(view, i, [drifted("a.b", `${i}`)]);
    expect(view.news).toHaveLength(200);
    expect(view.news[0]?.at).toEqual(at(299));
  });
});
