import { expect, test } from "vitest";
import type { ResourceAddress } from "../../domain/address.ts";
import { scrubChange, scrubPending } from "./scrub.ts";

const scrub = (text: string) => text.replaceAll("hunter2", "***");

test("a secret that is a key goes from every kind of step of a path", () => {
  const change = { path: ["tags", "hunter2", { json: ["hunter2", 0] }], op: "add", settable: true } as const;
  expect(scrubChange(change, scrub).path).toEqual(["tags", "***", { json: ["***", 0] }]);
});

test("a secret that is a key goes from a pending change, too", () => {
  const address = "aws_x.y" as ResourceAddress;
  const changes = [{ path: ["tags", "hunter2"], declared: "hunter2" }];
  const pending = { address, action: "update", changes, alreadyLive: false } as const;
  expect(scrubPending(pending, scrub).changes).toEqual([{ path: ["tags", "***"], declared: "***" }]);
});
