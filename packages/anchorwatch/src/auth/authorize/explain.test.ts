import { describe, expect, it } from "vitest";
import { has, person } from "./asking.fixture.ts";
import { createAuthorizer } from "./authorizer.ts";
import { explain } from "./explain.ts";

const PROD = { env: "prod", team: "payments" };
const plain = createAuthorizer([]);
const strict = createAuthorizer([
  {
    name: "own.cedar",
    text: `@id("strong")
forbid (principal, action in Anchorwatch::Action::"change", resource is Anchorwatch::Stack) unless { context.strong };
@id("browser")
forbid (principal, action == Anchorwatch::Action::"access.manage", resource)
unless { context.channel == Anchorwatch::Channel::"session" };
@id("never")
forbid (principal, action == Anchorwatch::Action::"stack.remove", resource) when { resource.hasTag("env") };`,
  },
]);

describe("an explanation", () => {
  it("tells the roles that counted and those that count elsewhere only", () => {
    const [here, there] = [has("viewer", { env: "prod" }), has("operator", { team: "web" })];
    expect(
      explain(plain, person({ assignments: [here, there] }), { action: "stack.view", labels: PROD }),
    ).toMatchObject({ allowed: true, counting: [here], elsewhere: [there], ways: [] });
    expect(explain(plain, person({ assignments: [here] }), { action: "watch.view" })).toMatchObject({
      allowed: false,
      counting: [],
      elsewhere: [here],
    });
  });

  it("tells every role that would allow it", () => {
    expect(explain(plain, person(), { action: "stack.check", labels: PROD }).ways).toEqual([
      [{ kind: "role", role: "operator" }],
      [{ kind: "role", role: "administrator" }],
    ]);
    expect(explain(plain, person(), { action: "remediation.review", labels: PROD }).ways).toEqual([
      [{ kind: "role", role: "approver" }],
    ]);
  });

  it("tells what is missing beside a role, and what a token may less", () => {
    const question = { action: "stack.check", labels: PROD } as const;
    expect(explain(strict, person({ assignments: [has("operator")] }), question)).toMatchObject({
      because: [{ id: "strong" }],
      ways: [[{ kind: "strong" }]],
    });
    expect(explain(strict, person(), question).ways).toEqual([
      [{ kind: "role", role: "operator" }, { kind: "strong" }],
      [{ kind: "role", role: "administrator" }, { kind: "strong" }],
    ]);
    const token = person({ channel: "token", strong: true, assignments: [has("administrator")] });
    expect(explain(strict, token, { action: "access.manage" }).ways).toEqual([[{ kind: "session" }]]);
    const limited = { ...token, limit: { roles: ["viewer" as const], scope: {} } };
    expect(explain(plain, limited, question)).toMatchObject({
      limited: true,
      ways: [[{ kind: "session" }], [{ kind: "unlimited" }]],
    });
  });

  it("says when nothing would allow it", () => {
    const everybody = explain(strict, person(), { action: "stack.remove", labels: PROD });
    expect(everybody).toMatchObject({ because: [{ id: "strong" }, { id: "never" }].toReversed(), ways: [] });
  });
});
