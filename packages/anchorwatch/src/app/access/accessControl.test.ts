import { describe, expect, it } from "vitest";
import { has, person } from "../../auth/authorize/asking.fixture.ts";
import type { Asking } from "../../auth/authorize/authorizer.ts";
import type { RoleAssignment } from "../../auth/role.ts";
import type { Warning } from "../../domain/errors.ts";
import type { LabelSet, LabelSetKey, Labels } from "../../domain/labels.ts";
import { createAccessControl } from "./accessControl.ts";
import { type AccessSettings, DEFAULT_ACCESS } from "./accessSettings.ts";

const key = (number: number) => number as LabelSetKey;

/** Sets 1, 2, 3 … as they were added. */
function labelRecords(...first: readonly Labels[]) {
  const sets: LabelSet[] = first.map((labels, index) => ({ key: key(index + 1), labels }));
  const asked: number[] = [];
  return {
    asked,
    add: (labels: Labels) => sets.push({ key: key(sets.length + 1), labels }),
    since: async (after: LabelSetKey | 0) => {
      asked.push(after);
      return sets.filter((set) => set.key > after);
    },
  };
}

function controlOf(settings: Partial<AccessSettings>, labels = labelRecords({})) {
  let current: AccessSettings = { ...DEFAULT_ACCESS, ...settings };
  const reported: Warning[] = [];
  const control = createAccessControl({
    settings: () => current,
    labels,
    report: (problem) => reported.push(problem),
  });
  const change = (next: Partial<AccessSettings>) => {
    current = { ...DEFAULT_ACCESS, ...next };
  };
  return { control, change, reported, labels };
}

const inFile = (role: RoleAssignment["role"], subject: RoleAssignment["subject"]): RoleAssignment => ({
  ...has(role),
  subject,
  origin: "config",
});
const forbidProd = {
  name: "own.cedar",
  text: 'forbid (principal, action, resource is Anchorwatch::Stack) when { resource.hasTag("env") && resource.getTag("env") == "prod" };',
};

describe("access control", () => {
  it("joins the roles that were given here with those of the operator's file", () => {
    const { control } = controlOf({
      assignments: [
        inFile("viewer", { kind: "login", login: "maria" }),
        inFile("operator", { kind: "group", group: "okta:platform" }),
        inFile("approver", { kind: "user", id: person().id as never }),
        inFile("operator", { kind: "workload", name: "deploy" }),
      ],
    });
    const asked = (given: Partial<Asking>) =>
      control.explain(person(given), { action: "stack.view", labels: {} }).counting.map(({ role }) => role);
    expect(asked({})).toEqual(["viewer", "approver"]);
    expect(asked({ assignments: [has("administrator")] })).toEqual(["administrator", "viewer", "approver"]);
    expect(asked({ id: "other", name: "joe", groups: ["okta:platform"] })).toEqual(["operator"]);
    expect(asked({ id: "other", name: "joe", groups: ["github:platform", "platform"] })).toEqual([]);
    expect(asked({ kind: "workload", id: "deploy", name: "maria", groups: ["okta:platform"] })).toEqual([
      "operator",
    ]);
    expect(asked({ id: "deploy", name: "deploy" })).toEqual([]);
  });

  it("shows the sets of labels that a scope holds, and new ones once they are decided", async () => {
    const labels = labelRecords({}, { team: "web" }, { team: "payments", env: "prod" });
    const { control } = controlOf({}, labels);
    const everywhere = person({ assignments: [has("viewer")] });
    const payments = person({ assignments: [has("viewer", { team: "payments" })] });
    expect(await control.visible(everywhere, "stack.view")).toEqual([1, 2, 3]);
    expect(await control.visible(payments, "stack.view")).toEqual([3]);
    expect(await control.visible(person(), "stack.view")).toEqual([]);
    expect(await control.visible(payments, "stack.check")).toEqual([]);
    labels.add({ team: "payments" });
    labels.add({ team: "web", env: "prod" });
    expect(await control.visible(payments, "stack.view")).toEqual([3, 4]);
    expect(await control.visible(everywhere, "stack.view")).toEqual([1, 2, 3, 4, 5]);
    expect(labels.asked).toEqual([0, 3, 3, 3, 3, 5]);
  });

  it("says of a set that there is not what it says of one that may not be seen", async () => {
    const { control } = controlOf({}, labelRecords({}, { team: "web" }));
    const payments = person({ assignments: [has("viewer", { team: "payments" })] });
    expect(await control.may(payments, "stack.view", key(2))).toBe(false);
    expect(await control.may(payments, "stack.view", key(77))).toBe(false);
    const everywhere = person({ assignments: [has("viewer")] });
    expect(await control.may(everywhere, "stack.view", key(2))).toBe(true);
    expect(await control.may(everywhere, "stack.view", key(77))).toBe(false);
  });

  it("forgets what it decided when roles, strength, limit or the operator's file are others", async () => {
    const { control, change } = controlOf({}, labelRecords({}, { env: "prod" }));
    const viewer = person({ assignments: [has("viewer")] });
    expect(await control.visible(viewer, "stack.view")).toEqual([1, 2]);
    expect(await control.visible({ ...viewer, assignments: [] }, "stack.view")).toEqual([]);
    expect(
      await control.visible(
        { ...viewer, limit: { roles: ["viewer"], scope: { env: "prod" } } },
        "stack.view",
      ),
    ).toEqual([2]);
    change({ policies: [forbidProd] });
    expect(await control.visible(viewer, "stack.view")).toEqual([1]);
    expect(control.mayWith(viewer, "stack.view", { env: "prod" })).toBe(false);
    change({
      policies: [{ ...forbidProd, text: forbidProd.text.replace(" }", " } unless { context.strong }") }],
    });
    expect(await control.visible(viewer, "stack.view")).toEqual([1]);
    expect(await control.visible({ ...viewer, strong: true }, "stack.view")).toEqual([1, 2]);
    change({});
    expect(await control.visible(viewer, "stack.view")).toEqual([1, 2]);
  });

  it("decides by one file alone, when it changes while thousands of sets are decided", async () => {
    const sets = Array.from({ length: 3000 }, (_, index) => ({ env: index % 2 === 0 ? "prod" : "test" }));
    const { control, change, reported } = controlOf({}, labelRecords(...sets));
    const viewer = person({ assignments: [has("viewer")] });
    const [before, again] = [control.visible(viewer, "stack.view"), control.visible(viewer, "stack.view")];
    await new Promise((resume) => setImmediate(resume));
    change({ policies: [forbidProd] });
    for (const visible of await Promise.all([before, again, control.visible(viewer, "stack.view")])) {
      expect(visible).toHaveLength(1500);
      expect(visible.every((each) => each % 2 === 0)).toBe(true);
    }
    expect(reported).toEqual([]);
  });

  it("reads and decides new sets once for any number of requests at the same time", async () => {
    const labels = labelRecords(...Array.from({ length: 1200 }, (_, index) => ({ stack: `${index}` })));
    const { control } = controlOf({}, labels);
    const viewer = person({ assignments: [has("viewer")] });
    const all = await Promise.all(Array.from({ length: 5 }, () => control.visible(viewer, "stack.view")));
    for (const visible of all) {
      expect(visible).toHaveLength(1200);
      expect(new Set(visible).size).toBe(1200);
    }
  });

  it("tells once of a policy that fails, and lets nothing through", async () => {
    const text =
      'forbid (principal, action == Anchorwatch::Action::"stack.view", resource) when { 9223372036854775807 + 1 > 0 };';
    const { control, reported } = controlOf(
      { policies: [{ name: "own.cedar", text }] },
      labelRecords({}, { a: "b" }),
    );
    const viewer = person({ assignments: [has("viewer")] });
    expect(await control.visible(viewer, "stack.view")).toEqual([]);
    expect(control.mayWith(viewer, "stack.view", {})).toBe(false);
    expect(control.allows(viewer, "watch.view")).toBe(true);
    expect(reported).toEqual([
      {
        code: "access_undecided",
        message: expect.stringContaining("“own.cedar#1” could not decide about stack.view"),
        hint: expect.any(String),
        location: { file: "own.cedar", line: 1 },
      },
    ]);
  });

  it("knows auditors by any of their roles", () => {
    const { control } = controlOf({
      assignments: [inFile("auditor", { kind: "group", group: "okta:audit" })],
    });
    expect(control.isAuditor(person({ groups: ["okta:audit"] }))).toBe(true);
    expect(control.isAuditor(person({ assignments: [has("auditor", { team: "web" })] }))).toBe(true);
    expect(control.isAuditor(person({ assignments: [has("administrator")] }))).toBe(false);
  });
});
