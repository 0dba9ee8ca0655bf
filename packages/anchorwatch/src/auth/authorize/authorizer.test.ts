import { isAuthorized } from "@cedar-policy/cedar-wasm/nodejs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Labels } from "../../domain/labels.ts";
import { ACTIONS, type Action, type InstallationAction, type LabelledAction } from "../action.ts";
import { ROLES, type Role } from "../role.ts";
import { has, person } from "./asking.fixture.ts";
import { type Asking, createAuthorizer } from "./authorizer.ts";
import { BUILT_IN_POLICIES } from "./builtIn.ts";
import { actionNames, CEDAR_SCHEMA, CHANNELS, ENTITY_OF } from "./cedarSchema.ts";
import type { Question } from "./decision.ts";
import { thatCount } from "./scope.ts";

const PROD: Labels = { env: "prod", team: "payments" };

function about(action: Action, labels: Labels): Question {
  return ACTIONS[action].on === "installation"
    ? { action: action as InstallationAction }
    : { action: action as LabelledAction, labels };
}

function authorizerOf(text = "") {
  return createAuthorizer(text === "" ? [] : [{ name: "own.cedar", text }]);
}

const plain = authorizerOf();

/** Each role's column, in the order of ROLES: viewer, operator, approver, auditor, administrator. */
const TABLE: Readonly<Record<Action, string>> = {
  "stack.view": "yes yes yes yes yes",
  "stack.check": "no  yes no  no  yes",
  "stack.add": "no  yes no  no  yes",
  "stack.remove": "no  yes no  no  yes",
  "exception.manage": "no  yes yes no  no",
  "drift.acknowledge": "no  yes yes no  yes",
  "deploy.freeze": "no  yes yes no  yes",
  "channels.manage": "no  no  no  no  yes",
  "remediation.request": "no  yes no  no  no",
  "remediation.review": "no  no  yes no  no",
  "account.view": "yes yes yes yes yes",
  "account.baseline": "no  yes no  no  yes",
  "watch.view": "yes yes yes yes yes",
  "watch.manage": "no  no  no  no  yes",
  "metrics.view": "no  yes no  yes yes",
  "configuration.view": "no  yes no  yes yes",
  "ledger.view": "no  no  no  yes yes",
  "access.view": "no  no  no  yes yes",
  "access.manage": "no  no  no  no  yes",
};

const CELLS = actionNames().flatMap((action) =>
  ROLES.map((role, column) => ({ role, action, may: TABLE[action].split(/ +/)[column] === "yes" })),
);

describe("the built-in policies", () => {
  it.each(CELLS)("a role everywhere: $role, $action, $may", ({ role, action, may }) => {
    expect(plain.decide(person({ assignments: [has(role)] }), about(action, PROD))).toEqual({
      allowed: may,
      because: may ? [expect.objectContaining({ id: role, origin: "built-in" })] : [],
      failures: [],
      limited: false,
    });
  });

  it.each(CELLS)("a role for some labels: $role, $action", ({ role, action, may }) => {
    const scoped = person({ assignments: [has(role, { team: "payments" })] });
    const onLabels = ACTIONS[action].on !== "installation";
    expect(plain.decide(scoped, about(action, PROD)).allowed).toBe(may && onLabels);
    expect(plain.decide(scoped, about(action, { env: "prod", team: "web" })).allowed).toBe(false);
  });

  it("give nothing to whoever has no role", () => {
    for (const action of actionNames())
      expect(plain.decide(person(), about(action, PROD)).allowed).toBe(false);
  });

  it("say in words what each of them means", () => {
    expect(plain.policies.map(({ id, means }) => [id, means])).toEqual(
      ROLES.map((role) => [role, expect.stringMatching(new RegExp(`^${role}s `))]),
    );
    expect(plain.warnings).toEqual([]);
  });
});

describe("a token's limit", () => {
  const operator = { assignments: [has("operator")], channel: "token" as const };

  it("takes away what its roles may not, and gives nothing", () => {
    const limit = { roles: ["viewer" as const, "administrator" as const], scope: { team: "payments" } };
    const token = person({ ...operator, limit });
    const decided = (action: Action, labels = PROD) => plain.decide(token, about(action, labels));
    expect(decided("stack.view").allowed).toBe(true);
    expect(decided("stack.check").allowed).toBe(true);
    expect(decided("remediation.request")).toMatchObject({ allowed: false, limited: true, because: [] });
    expect(decided("stack.view", { team: "web" })).toMatchObject({ allowed: false, limited: true });
    expect(decided("configuration.view")).toMatchObject({ allowed: false, limited: true });
    expect(decided("access.manage")).toMatchObject({ allowed: false, limited: false });
  });

  it("is not widened by what the operator permits to all, to a group or to the person", () => {
    const generous = authorizerOf(`permit (principal, action, resource);
      permit (principal == Anchorwatch::User::"maria", action, resource);
      permit (principal in Anchorwatch::Group::"okta:sre", action, resource);`);
    const token = person({ ...operator, groups: ["okta:sre"], limit: { roles: ["viewer"], scope: {} } });
    expect(generous.decide(token, about("stack.view", PROD)).allowed).toBe(true);
    expect(generous.decide(token, about("access.manage", PROD))).toMatchObject({
      allowed: false,
      limited: true,
    });
    generous.close();
  });
});

describe("the operator's policies", () => {
  it("forbid more than any role gives", () => {
    const strict = authorizerOf(`@id("strong") @means("production is changed with a second factor")
      forbid (principal, action in Anchorwatch::Action::"change", resource is Anchorwatch::Stack)
      when { resource.hasTag("env") && resource.getTag("env") == "prod" } unless { context.strong };`);
    const everything = ROLES.map((role) => has(role));
    const decided = (strong: boolean, action: LabelledAction, labels = PROD) =>
      strict.decide(person({ assignments: everything, strong }), { action, labels });
    expect(decided(false, "stack.check")).toEqual({
      allowed: false,
      because: [expect.objectContaining({ id: "strong", source: { file: "own.cedar", line: 1 } })],
      failures: [],
      limited: false,
    });
    expect(decided(true, "stack.check").allowed).toBe(true);
    expect(decided(false, "stack.check", { env: "test" }).allowed).toBe(true);
    expect(decided(false, "stack.view").allowed).toBe(true);
    expect(decided(false, "account.baseline").allowed).toBe(true);
    strict.close();
  });

  it("never open anything by failing, also where Cedar alone would allow it", () => {
    const broken = authorizerOf(`@id("sum")
      forbid (principal, action == Anchorwatch::Action::"stack.check", resource)
      when { 9223372036854775807 + 1 > 0 };`);
    const operator = person({ assignments: [has("operator")] });
    expect(broken.decide(operator, { action: "stack.check", labels: PROD })).toEqual({
      allowed: false,
      because: [],
      failures: [
        { policy: expect.objectContaining({ id: "sum" }), message: expect.stringContaining("overflow") },
      ],
      limited: false,
    });
    expect(broken.decide(operator, { action: "stack.view", labels: PROD }).allowed).toBe(true);
    broken.close();
  });

  it("are refused as a whole when something is wrong in one of them", () => {
    expect(() =>
      authorizerOf("permit (principal, action, resource);\npermit (principl, action, resource);"),
    ).toThrow(
      expect.objectContaining({
        code: "config_invalid",
        location: { file: "own.cedar", line: 2, column: 9 },
      }),
    );
  });

  it("decide also where they are as big as they may be", () => {
    const deep = `${"(".repeat(13)}1${" + 1".repeat(39)}${")".repeat(13)} > 0${" && context.strong".repeat(99)}`;
    const long = `false${" || context.strong".repeat(99)}`;
    const big = authorizerOf(`@id("deep") permit (principal, action in Anchorwatch::Action::"view", resource)
      when { ${deep} };
      @id("long") forbid (principal, action == Anchorwatch::Action::"stack.add", resource) when { ${long} };`);
    const decided = (action: LabelledAction, strong: boolean) =>
      big.decide(person({ strong, assignments: [has("operator")] }), { action, labels: {} }).because;
    expect(decided("stack.view", true).map(({ id }) => id)).toEqual(["deep", "operator"]);
    expect(decided("stack.view", false).map(({ id }) => id)).toEqual(["operator"]);
    expect(decided("stack.check", true).map(({ id }) => id)).toEqual(["operator"]);
    expect(decided("stack.add", true).map(({ id }) => id)).toEqual(["long"]);
    expect(decided("stack.add", false).map(({ id }) => id)).toEqual(["operator"]);
    big.close();
  });

  it("are over once the authorizer is closed: it says no, and others with its place in Cedar are not it", () => {
    const before = authorizerOf();
    const asked = [person({ assignments: [has("viewer")] }), { action: "stack.view", labels: PROD }] as const;
    expect(before.decide(...asked).allowed).toBe(true);
    before.close();
    before.close();
    const [after, another] = [authorizerOf("forbid (principal, action, resource);"), authorizerOf()];
    expect(before.decide(...asked)).toMatchObject({ allowed: false, failures: [{}] });
    expect(after.decide(...asked).allowed).toBe(false);
    expect(another.decide(...asked).allowed).toBe(true);
    after.close();
    another.close();
  });
});

/** Whatever a policy may look at, in a few variations each. */
const POLICIES: readonly string[] = [
  'forbid (principal, action in Anchorwatch::Action::"change", resource is Anchorwatch::Stack) when { resource.hasTag("env") && resource.getTag("env") == "prod" } unless { context.strong };',
  'permit (principal in Anchorwatch::Group::"okta:sre", action == Anchorwatch::Action::"stack.check", resource);',
  'permit (principal == Anchorwatch::User::"maria", action, resource is Anchorwatch::Account);',
  'permit (principal, action, resource) when { principal == Anchorwatch::Workload::"deploy" || principal in [Anchorwatch::Group::"okta:ops", Anchorwatch::Group::"okta:dev"] || principal in Anchorwatch::Role::"auditor" };',
  'forbid (principal is Anchorwatch::Workload, action, resource) unless { action in Anchorwatch::Action::"view" };',
  'forbid (principal, action, resource) when { context.channel == Anchorwatch::Channel::"token" && principal in Anchorwatch::Role::"administrator" };',
  'permit (principal, action in [Anchorwatch::Action::"view", Anchorwatch::Action::"stack.add"], resource is Anchorwatch::Stack) when { resource.hasTag("team") && resource.getTag("team") like "pay*" };',
  'forbid (principal, action, resource) when { (if context.strong then principal in Anchorwatch::Group::"okta:ops" else principal == Anchorwatch::User::"joe") };',
  'forbid (principal, action in Anchorwatch::Action::"change", resource) when { 9223372036854775807 == 9223372036854775806 || [9007199254740993].contains(9007199254740992) };',
  'forbid (principal, action in Anchorwatch::Action::"view", resource is Anchorwatch::Account) when { 9223372036854775807 > 1 && [action].contains(Anchorwatch::Action::"account.view") && context.strong };',
  'permit (principal, action, resource) when { ["a\\u{e9}*"].contains("aé*") && "aé*" like "*é\\*" && ip("10.0.0.1").isInRange(ip("10.0.0.0/8")) && context.strong && {a: 1}.a == 1 };',
  'forbid (principal, action, resource) when { context.strong && context == {channel: Anchorwatch::Channel::"workload", strong: true} };',
  'permit (principal, action == Anchorwatch::Action::"metrics.view", resource) when { context has channel && [context.channel].contains(Anchorwatch::Channel::"token") };',
  `permit (principal, action in Anchorwatch::Action::"change", resource) when { principal in Anchorwatch::Group::"okta:dev"${" || context.strong".repeat(50)} };`,
  'permit (principal, action, resource is Anchorwatch::Stack) when { resource.hasTag("zone") && (["a", "b"].contains(resource.getTag("zone")) || "" == resource.getTag("zone")) };',
  'forbid (principal, action, resource is Anchorwatch::Stack) when { resource.hasTag("zone") && resource.getTag("zone") != "-" && context.strong };',
  'forbid (principal, action, resource is Anchorwatch::Stack) when { resource.hasTag("zone") && resource.hasTag("team") && resource.getTag("zone") == resource.getTag("team") };',
  'permit (principal, action, resource is Anchorwatch::Account) when { resource.hasTag("zone") && [resource.getTag("zone"), "x"].contains("c") };',
  'forbid (principal, action, resource is Anchorwatch::Account) when { resource.hasTag(if context.strong then "env" else "zone") };',
];

const someone = fc.record({
  kind: fc.constantFrom("user" as const, "workload" as const),
  id: fc.constantFrom("deploy", "other"),
  name: fc.constantFrom("maria", "joe", "ann"),
  groups: fc.subarray(["okta:sre", "okta:ops", "okta:none"]),
  channel: fc.constantFrom(...CHANNELS),
  strong: fc.boolean(),
  assignments: fc.array(
    fc
      .tuple(fc.constantFrom(...ROLES), fc.constantFrom<Labels>({}, { env: "prod" }, { team: "payments" }))
      .map(([role, scope]: readonly [Role, Labels]) => has(role, scope)),
    { maxLength: 4 },
  ),
});
const someLabels = fc.record(
  {
    env: fc.constantFrom("prod", "test"),
    team: fc.constantFrom("payments", "web", '"};permit'),
    zone: fc.constantFrom("a", "b", "c", "-", "--", "web", "__entity"),
    other: fc.string(),
  },
  { requiredKeys: [] },
);

/** The whole question, put to Cedar as it is. */
function askedPlainly(texts: readonly string[], who: Asking, question: Question): boolean {
  const labels = "labels" in question ? question.labels : undefined;
  const of = (type: string, id: string) => ({ type: `Anchorwatch::${type}`, id });
  const uid = who.kind === "user" ? of("User", who.name) : of("Workload", who.id);
  const parents = [
    ...thatCount(who.assignments, labels).map(({ role }) => of("Role", role)),
    ...who.groups.map((group) => of("Group", group)),
  ];
  const resource = of(ENTITY_OF[ACTIONS[question.action].on], labels === undefined ? "here" : "some");
  const answer = isAuthorized({
    principal: uid,
    action: of("Action", question.action),
    resource,
    context: { channel: { __entity: of("Channel", who.channel) }, strong: who.strong },
    schema: CEDAR_SCHEMA,
    policies: { staticPolicies: [BUILT_IN_POLICIES, ...texts].join("\n") },
    entities: [
      { uid, attrs: {}, parents },
      { uid: resource, attrs: {}, parents: [], tags: { ...labels } },
    ],
  });
  if (answer.type === "failure") expect(answer.errors).toEqual([]);
  return answer.type === "success" && answer.response.decision === "allow";
}

describe("a decision", () => {
  it("is what Cedar says to the whole question, though it sees only what policies name, and whatever was asked before", () => {
    const sets = fc.sample(fc.subarray([...POLICIES]), { numRuns: 8, seed: 7 }).concat([[...POLICIES]]);
    const authorizers = sets.map((texts) => ({ texts, authorizer: authorizerOf(texts.join("\n")) }));
    fc.assert(
      fc.property(
        fc.constantFrom(...authorizers),
        someone,
        fc.constantFrom(...actionNames()),
        someLabels,
        ({ texts, authorizer }, who, action, labels) => {
          const question = about(action, labels);
          expect(authorizer.decide(who, question).allowed).toBe(askedPlainly(texts, who, question));
        },
      ),
      { numRuns: 300 },
    );
    for (const { authorizer } of authorizers) authorizer.close();
  });
});
