import { describe, expect, it } from "vitest";
import { checkResult, queuePending, resource } from "../cli/formats/checkResult.fixture.ts";
import type { Verdict } from "../domain/check.ts";
import { exitStatus } from "./exitStatus.ts";

const notChecked = (code: string) =>
  resource("a.b", { verdict: "not_checked", reason: { code, message: "why" } });
const of = (verdict: Verdict) => resource("a.b", { verdict });

describe("the exit status of a check", () => {
  it.each([
    ["nothing at all", [], 0],
    ["everything in sync", [of("in_sync")], 0],
    ["what a rule ignores", [of("ignored")], 0],
    ["a changed resource", [of("in_sync"), of("changed")], 2],
    ["a deleted resource", [of("deleted")], 2],
    ["an unmanaged resource", [of("unmanaged")], 2],
    ["an absorbed change", [of("absorbed")], 2],
    ["an unknown resource", [of("unknown")], 1],
    ["an unknown resource beside drift", [of("unknown"), of("changed")], 1],
    ["a resource that could not be checked", [notChecked("unsupported")], 1],
    ["a resource not checked without a reason", [of("not_checked")], 1],
    ["resources beside the target", [notChecked("out_of_target"), of("in_sync")], 0],
    ["drift at the target", [notChecked("out_of_target"), of("changed")], 2],
    ["resources that a rule leaves out", [notChecked("rule")], 0],
    ["resources that have nothing to read", [notChecked("nothing_to_read")], 0],
  ] as const)("with %s is as the contract says", (_, resources, status) => {
    expect(exitStatus(checkResult(resources), { strict: false })).toBe(status);
    expect(exitStatus(checkResult(resources), { strict: true })).toBe(status);
  });

  it.each([
    ["in_sync", false, 0],
    ["in_sync", true, 2],
    ["changed", true, 2],
    ["unknown", true, 1],
  ] as const)("with pending changes beside %s, strict %s, is %d", (verdict, strict, status) => {
    expect(exitStatus(checkResult([of(verdict)], { pending: [queuePending()] }), { strict })).toBe(status);
  });
});
