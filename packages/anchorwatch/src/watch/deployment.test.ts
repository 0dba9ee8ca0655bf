import { expect, it } from "vitest";
import type { Attribution } from "../domain/actor.ts";
import { findingOf } from "./deployment.ts";

const by = (isDelivery: boolean): Attribution => ({
  eventId: "e",
  eventName: "PutObject",
  service: "s3.amazonaws.com",
  time: new Date(0),
  actor: { principal: "arn:aws:iam::1:role/r", kind: "role", channel: "terraform" },
  person: { kind: "unmapped" },
  isDelivery,
});

it("a state is delivered when its delivery alone wrote it and no code contradicts it", () => {
  const clean = { hasDelivery: true, contradicting: [] };
  expect(findingOf({ ...clean, writers: [by(true)] })).toBe("delivered");
  expect(findingOf({ ...clean, writers: [by(true), by(false)] })).toBe("foreign_writer");
  expect(findingOf({ ...clean, writers: [] })).toBe("unknown_writer");
});

it("a state that records what the watched code does not say is a finding, whoever wrote it", () => {
  const other = { contradicting: ["aws_sqs_queue.a"] };
  expect(findingOf({ ...other, hasDelivery: true, writers: [by(true)] })).toBe("other_code");
  expect(findingOf({ ...other, hasDelivery: false, writers: [] })).toBe("other_code");
});

it("nobody is a stranger where the operator has not said who delivers", () => {
  expect(findingOf({ hasDelivery: false, contradicting: [], writers: [by(false)] })).toBe("unknown_writer");
});
