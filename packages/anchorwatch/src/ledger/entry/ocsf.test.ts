import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../domain/jsonValue.ts";
import { entry } from "./entries.fixture.ts";
import { ENTRY_SCHEMA, type EntryInput } from "./form.ts";
import { KINDS } from "./kinds/registry.ts";
import { ocsfEvent } from "./ocsf.ts";

const event = (given: Partial<EntryInput> = {}) =>
  ocsfEvent({ schema: ENTRY_SCHEMA, ...entry(given) }, { index: 7, log: "anchorwatch.local/abc" });

/** What the framework's own definitions (1.6.0) require of each class, besides the base event. */
const REQUIRED: Readonly<Record<number, readonly string[]>> = {
  0: [],
  2004: ["finding_info"],
  3002: ["user", "service"],
  3004: ["entity"],
  3005: ["user", "privileges"],
  6003: ["actor", "api", "src_endpoint"],
  6007: ["scan"],
};

/** Activities that the classes define; 0 and 99 are in all of them. */
const ACTIVITIES: Readonly<Record<number, number>> = {
  0: 0,
  2004: 3,
  3002: 7,
  3004: 13,
  3005: 2,
  6003: 4,
  6007: 10,
};

describe("every kind as an event of OCSF", () => {
  test.each([...Object.keys(KINDS), "tide.turned"])("%s has what its class requires", (kind) => {
    const found = event({ kind });
    const [uid, activity] = [Number(found["class_uid"]), Number(found["activity_id"])];
    expect(found["type_uid"]).toBe(uid * 100 + activity);
    expect(found["category_uid"]).toBe(Math.floor(uid / 1000));
    expect(activity === 99 || (activity >= 1 && activity <= (ACTIVITIES[uid] ?? -1))).toBe(true);
    expect(found).toMatchObject({
      severity_id: expect.any(Number),
      time: Date.parse("2026-01-02T03:04:05.678Z"),
      metadata: {
        version: "1.6.0",
        product: { name: "Anchorwatch", vendor_name: "Anchorwatch" },
        // Else `actor` is no attribute of the base event, of findings, scans and most of access management.
        profiles: ["host"],
        uid: "entry-1",
        sequence: 7,
      },
    });
    expect(Object.keys(found)).toEqual(expect.arrayContaining([...(REQUIRED[uid] ?? ["no such class"])]));
    expect(JSON.parse(JSON.stringify(found))).toEqual(found);
  });

  test("nothing of an entry is lost", () => {
    const given = entry({ before: { a: 1 }, after: { a: 2 }, refs: [{ type: "check", id: "c-1" }] });
    expect(event(given)["unmapped"]).toMatchObject({
      before: { a: 1 },
      after: { a: 2 },
      data: given.data,
      refs: given.refs ?? [],
    });
  });
});

test.each([...Object.keys(KINDS), "tide.turned"])("%s says from where and how the actor came", (kind) => {
  for (const type of ["actor", "user", "system"] as const) {
    const actor = { type, id: "a-1", channel: "console", sourceAddress: "203.0.113.7" };
    const text = JSON.stringify(event({ kind, actor }));
    expect(text).toContain('"203.0.113.7"');
    expect(text).toContain('"console"');
  }
});

test("words of strangers that every object knows are no severity and no type of scan", () => {
  for (const word of ["constructor", "toString", "__proto__"]) {
    const found = event({ kind: "tide.turned", data: { severity: word } });
    expect(found).toMatchObject({ severity_id: 1 });
    const check = event({ kind: "check.completed", data: { trigger: word } });
    expect(check).toMatchObject({ scan: { type_id: 99, type: word } });
  }
});

describe("a drift", () => {
  const refs = [{ type: "drift", id: "d-1" }];

  test("is one finding from its opening to its end", () => {
    const opened = event({ id: "d-1" });
    const resolved = event({ kind: "drift.resolved", refs });
    expect(opened).toMatchObject({
      type_uid: 200401,
      status_id: 1,
      is_alert: true,
      finding_info: { uid: "d-1" },
    });
    expect(resolved).toMatchObject({
      type_uid: 200403,
      status_id: 4,
      is_alert: false,
      finding_info: { uid: "d-1" },
    });
  });

  test("has the severity of its classification", () => {
    expect(event({ kind: "drift.classified", refs })).toMatchObject({ severity_id: 5, type_uid: 200402 });
  });

  test("names its resource", () => {
    expect(event({ address: "aws_security_group.web" })).toMatchObject({
      message: "Drift opened: aws_security_group.web",
      resources: [{ name: "aws_security_group.web", uid: "sg-1", type: "aws_security_group" }],
    });
  });
});

describe("who did it", () => {
  test("a person is a user with an address", () => {
    const actor = { type: "user", id: "u-1", name: "Ada", sourceAddress: "2001:db8::1" } as const;
    expect(event({ kind: "review.given", actor })).toMatchObject({
      type_uid: 600303,
      actor: { user: { uid: "u-1", name: "Ada" } },
      src_endpoint: { ip: "2001:db8::1" },
    });
  });

  test("an address that is a name is no IP address", () => {
    const actor = {
      type: "actor",
      id: "arn:aws:iam::1:user/eve",
      sourceAddress: "cloudformation.amazonaws.com",
    } as const;
    expect(event({ kind: "plan.made", actor })).toMatchObject({
      src_endpoint: { name: "cloudformation.amazonaws.com" },
    });
  });

  test("a part of the system is an application", () => {
    expect(event()).toMatchObject({ actor: { app_uid: "anchorwatch/check" } });
  });
});

test("a failed sign-in is a failed logon of the account that was named", () => {
  expect(event({ kind: "session.failed" })).toMatchObject({
    type_uid: 300201,
    status_id: 2,
    user: { uid: "root" },
  });
  expect(event({ kind: "session.started" })).toMatchObject({ type_uid: 300201, status_id: 1 });
});

test("a revoked permission is told from an assigned one", () => {
  const data: JsonObject = { user: "u-2", change: "revoked", role: "approver" };
  expect(event({ kind: "permission.changed", data })).toMatchObject({
    type_uid: 300502,
    privileges: ["approver"],
  });
  expect(event({ kind: "permission.changed" })).toMatchObject({ type_uid: 300501 });
});

test("a check is a scan with its counts", () => {
  expect(event({ kind: "check.completed" })).toMatchObject({
    type_uid: 600702,
    total: 3,
    num_detections: 1,
    scan: { type_id: 99, type: "ci" },
  });
});

test("what is configured is an entity of another type than the framework knows", () => {
  expect(event({ kind: "ledger.anchor_failed" })).toMatchObject({
    type_uid: 300403,
    entity: { name: expect.any(String), type: "ledger", type_id: 99 },
  });
});

/** Attributes of each object that we fill, and one of those that it must have, as 1.6.0 defines them. */
const OBJECTS: Readonly<
  Record<string, { readonly known: readonly string[]; readonly one: readonly string[] }>
> = {
  actor: { known: ["app_name", "app_uid", "user"], one: ["user", "app_name", "app_uid"] },
  user: { known: ["uid", "name"], one: ["uid", "name"] },
  src_endpoint: { known: ["ip", "name", "svc_name"], one: ["ip", "name", "svc_name"] },
  entity: { known: ["name", "type", "type_id"], one: ["name"] },
  finding_info: { known: ["uid", "title", "types"], one: ["uid"] },
  api: { known: ["operation", "service"], one: ["operation"] },
  service: { known: ["name"], one: ["name"] },
  scan: { known: ["uid", "name", "type_id", "type"], one: ["type_id"] },
};

test.each([...Object.keys(KINDS), "tide.turned"])(
  "%s has no attribute that an object does not know",
  (kind) => {
    const found = event({ kind, address: "a.b" });
    const { user } = found["actor"] as JsonObject;
    const objects = { ...found, ...(user === undefined ? {} : { user: found["user"] ?? user }) };
    for (const [name, { known, one }] of Object.entries(OBJECTS)) {
      const object = (objects as JsonObject)[name];
      if (object === undefined) continue;
      const attributes = Object.keys(object as JsonObject);
      expect(known, name).toEqual(expect.arrayContaining(attributes));
      expect(
        attributes.some((attribute) => one.includes(attribute)),
        name,
      ).toBe(true);
    }
  },
);
