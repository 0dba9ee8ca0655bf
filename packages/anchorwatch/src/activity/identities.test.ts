import { describe, expect, it, test } from "vitest";
import { readActor } from "./cloudtrail/actor.ts";
import { aRecord, IDENTITIES } from "./cloudtrail/records.fixture.ts";
import { type IdentityRule, isDelivery, personOf } from "./identities.ts";

const actor = (identity: unknown) => readActor(aRecord({ userIdentity: identity }));
const rule = (by: IdentityRule["match"]["by"], pattern: string, person: string, line = 1): IdentityRule => ({
  match: { by, pattern },
  person,
  origin: `anchorwatch.server.yaml:${line}`,
});

describe("people", () => {
  it("are named by what the star stood for", () => {
    expect(personOf(actor(IDENTITIES.role), [rule("sessionName", "*@example.com", "$1")])).toEqual({
      kind: "mapped",
      name: "bob",
      rule: "anchorwatch.server.yaml:1",
    });
  });

  it("come from the first rule that matches", () => {
    const rules = [
      rule("sourceIdentity", "alice", "Alice", 3),
      rule("sourceIdentity", "bob", "Bob", 4),
      rule("sessionName", "*", "somebody", 5),
    ];
    expect(personOf(actor(IDENTITIES.role), rules)).toMatchObject({
      name: "Bob",
      rule: "anchorwatch.server.yaml:4",
    });
  });

  it("may be meant by a principal, or by what issued its session", () => {
    const user = rule("principal", "arn:aws:iam::123456789012:user/*", "user $1");
    expect(personOf(actor(IDENTITIES.user), [user])).toMatchObject({ name: "user alice" });
    expect(personOf(actor(IDENTITIES.federatedUser), [user])).toMatchObject({ name: "user broker" });
  });

  it("are unmapped where no rule speaks of them", () => {
    expect(personOf(actor(IDENTITIES.user), [rule("sessionName", "*", "anybody")])).toEqual({
      kind: "unmapped",
    });
    expect(personOf(actor(IDENTITIES.user), [])).toEqual({ kind: "unmapped" });
  });

  it("get what a session was named, and nothing that it asks for", () => {
    const odd = { ...IDENTITIES.role, arn: "arn:aws:sts::1:assumed-role/oncall/$&$1" };
    expect(personOf(actor(odd), [rule("sessionName", "*", "<$1>")])).toMatchObject({ name: "<$&$1>" });
  });
});

describe("delivery", () => {
  const session = actor(IDENTITIES.role);
  const { sessionIssuer: _, ...withoutIssuer } = session;

  it.each([
    ["arn:aws:iam::123456789012:role/teams/oncall", true],
    ["arn:aws:iam::*:role/teams/*", true],
    ["arn:aws:sts::123456789012:assumed-role/oncall/*", true],
    ["arn:aws:iam::123456789012:role/oncall", false],
    ["arn:aws:iam::210987654321:role/teams/oncall", false],
    ["arn:aws:iam::123456789012:role/bob@example.com", false],
    ["arn:aws:iam::123456789012:user/oncall", false],
  ])("a session of a role, and %s", (pattern, expected) => {
    expect(isDelivery(session, [pattern])).toBe(expected);
  });

  it.each([
    ["arn:aws:iam::123456789012:role/teams/oncall", true],
    ["arn:aws:iam::123456789012:role/oncall", true],
    ["arn:aws:iam::123456789012:role/*", true],
    ["arn:aws:iam::123456789012:role/teams/*", false],
    ["arn:aws:iam::123456789012:role/teams/deploy", false],
  ])("where the trail does not say what issued the session, the role's name and %s", (pattern, expected) => {
    expect(isDelivery(withoutIssuer, [pattern])).toBe(expected);
  });

  test("nobody is, where nobody is said to be", () => {
    expect(isDelivery(session, [])).toBe(false);
  });
});
