import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { changeOf, type GivenChange, planText } from "./plan.fixture.ts";
import { readTerraformPlan } from "./readPlan.ts";

const read = (changes: readonly GivenChange[], more?: object) =>
  readTerraformPlan(planText(changes, more), "plan.json");
const only = (change: GivenChange) => read([change]).changes[0];
const rule = (cidr: string) => ({ from_port: 22, cidr_blocks: [cidr] });

describe("what a plan would change", () => {
  it("is told as a change of a set and of a list, since the plan does not say which it is", () => {
    const found = only({
      before: { ingress: [rule("10.0.0.0/8")] },
      after: { ingress: [rule("0.0.0.0/0")] },
    });
    expect(found?.changes).toEqual([
      { path: ["ingress"], op: "remove", element: rule("10.0.0.0/8"), settable: true },
      { path: ["ingress"], op: "add", element: rule("0.0.0.0/0"), settable: true },
      {
        ...{ path: ["ingress", 0, "cidr_blocks", 0], op: "replace", settable: true },
        ...{ recorded: "10.0.0.0/8", live: "0.0.0.0/0" },
      },
    ]);
  });

  it("comes from nothing where it is made, and says what will be known later", () => {
    const found = only({
      ...{ address: "module.db[0].aws_db_instance.main", actions: ["create"] },
      after: { publicly_accessible: true, tags: null, subnets: [null, "b"] },
      unknown: { id: true, arn: true, subnets: [true, false] },
    });
    expect(found).toMatchObject({ action: "create", type: "aws_db_instance", before: {}, id: "" });
    expect(found?.after).toEqual({
      publicly_accessible: true,
      tags: null,
      subnets: ["(known after apply)", "b"],
    });
    expect(found?.notKnown).toEqual(["id", "arn", "subnets[0]"]);
    expect(found?.changes.map(({ path: [name] }) => name)).toContain("publicly_accessible");
  });

  it("calls nothing removed that is only known later", () => {
    const found = only({
      before: { policy: "{}", name: "a" },
      after: { name: "a" },
      unknown: { policy: true },
    });
    expect(found).toMatchObject({ changes: [], notKnown: ["policy"] });
  });

  it("knows every way in which Terraform acts", () => {
    const acts = (actions: readonly string[], inside = {}) =>
      only({ actions, inside, before: { id: "a" }, after: { id: "a" } })?.action;
    expect(acts(["create"])).toBe("create");
    expect(acts(["delete"])).toBe("delete");
    expect(acts(["delete", "create"])).toBe("replace");
    expect(acts(["create", "delete"])).toBe("replace");
    expect(acts(["forget"])).toBe("forget");
    expect(acts(["no-op"], { importing: { id: "a" } })).toBe("adopt");
    expect(acts(["something-new"])).toBe("update");
    expect(acts(["no-op"])).toBeUndefined();
    expect(acts(["read"])).toBeUndefined();
  });

  it("names where a resource was moved from, and the key of what a replacement left behind", () => {
    const moved = only({ more: { previous_address: "aws_security_group.old", deposed: "1a2b3c4d" } });
    expect(moved).toMatchObject({ previousAddress: "aws_security_group.old", deposed: "1a2b3c4d" });
  });

  it("keeps the digits of numbers, and keys that look like a prototype as data", () => {
    const text = planText([{ before: {}, after: { n: 1 } }]).replace(
      '{"n":1}',
      '{"n":12345678901234567890,"__proto__":{"x":1}}',
    );
    const [found] = readTerraformPlan(text, "plan.json").changes;
    expect(found?.after["n"]).toBe("12345678901234567890");
    expect(Object.keys(found?.after ?? {})).toContain("__proto__");
    expect(({} as { x?: number }).x).toBeUndefined();
  });
});

describe("what a plan would put back", () => {
  const web = "aws_security_group.web";
  const drifted = changeOf({
    address: web,
    before: { ingress: [], tags: {} },
    after: { ingress: [rule("0.0.0.0/0")], tags: {} },
  });

  it("is named where the plan changes what Terraform saw changed outside of it", () => {
    const undo = { address: web, before: { ingress: [rule("0.0.0.0/0")] }, after: { ingress: [] } };
    expect(read([undo], { resource_drift: [drifted] }).undoing).toEqual([
      { address: web, attributes: ["ingress"] },
    ]);
  });

  it("is not what it leaves as it is, nor what it changes elsewhere", () => {
    const other = { address: web, before: { tags: { a: "1" } }, after: { tags: { a: "2" } } };
    expect(read([other], { resource_drift: [drifted] }).undoing).toEqual([]);
    expect(read([], { resource_drift: [drifted] }).undoing).toEqual([]);
  });
});

describe("secrets of a plan", () => {
  it("are masked by the plan's marks, by the variables and by the repository's rules, wherever else they stand", () => {
    const secrets = ["a-secret-of-the-plan", "a-secret-of-a-variable", "a-secret-by-rule"];
    const [byPlan, byVariable, byRule] = secrets;
    const text = planText(
      [
        {
          address: `aws_db_instance.main["${byVariable}"]`,
          before: { password: "old-secret-value", note: `was ${byPlan}` },
          after: {
            password: byPlan,
            note: `is ${byPlan}`,
            url: `https://x:${byVariable}@host`,
            extra: { token: byRule },
          },
          ...{ sensitiveBefore: { password: true }, sensitiveAfter: { password: true } },
        },
      ],
      {
        variables: { db: { value: byVariable } },
        configuration: { root_module: { variables: { db: { sensitive: true } } } },
      },
    );
    const told = JSON.stringify(
      readTerraformPlan(text, "p", [{ path: "extra.token", origin: "anchorwatch.yaml" }]),
    );
    for (const secret of [...secrets, "old-secret-value"]) expect(told).not.toContain(secret);
    expect(told).toContain("(sensitive)");
  });

  it("never leave, whatever of a resource is marked", () => {
    const leaf = fc.uuid().map((text) => `s3cr3t-${text}`);
    const value = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: "small" },
        leaf,
        fc.array(tie("value"), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom("a", "b", "c"), tie("value"), { maxKeys: 3 }),
      ),
    })).value;
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom("x", "y", "z"), value, { minKeys: 1 }),
        value,
        (after, before) => {
          const marks = Object.fromEntries(Object.keys(after).map((name) => [name, true]));
          const change = {
            before: { x: before },
            after,
            sensitiveBefore: { x: true },
            sensitiveAfter: marks,
          };
          expect(JSON.stringify(read([change]))).not.toContain("s3cr3t-");
          const whole = { before: { x: before }, after, sensitiveBefore: true, sensitiveAfter: true };
          expect(JSON.stringify(read([whole]))).not.toContain("s3cr3t-");
        },
      ),
    );
  });
});

describe("a file that is no plan", () => {
  const problem = (text: string) => {
    try {
      readTerraformPlan(text, "plan.json");
    } catch (error) {
      const { code, message, hint } = error as { code: string; message: string; hint: string };
      return `${code}: ${message} ${hint}`;
    }
    return "none";
  };
  const without = { actions: ["update"], before: {}, after: {} };
  const silent = planText([]).replace(
    '"resource_changes":[]',
    `"resource_changes":[${JSON.stringify({ address: "a.b", type: "a", change: without })}]`,
  );

  it.each([
    ["the plan itself", "PK\u0003\u0004", "terraform show -json plan.json | anchorwatch gate --plan -"],
    ["nothing", "", "it is empty"],
    ["what plan -json prints", '{"@level":"info"}\n{"@level":"info"}', "while it works"],
    ["a text", "{ no JSON hunter2", "it is no JSON"],
    ["a part of a plan", planText([]).slice(0, -10), "it ends in the middle"],
    ["a part of a text in a plan", planText([]).slice(0, 30), "it ends in the middle"],
    [
      "a plan of which the changes were left out",
      '{"format_version":"1.2","planned_values":{"root_module":{"resources":[]}}}',
      "no resource_changes",
    ],
    [
      "a plan that says that it has no changes at all, not even those that change nothing",
      '{"format_version":"1.2","resource_changes":null,"planned_values":{"root_module":{"resources":[]}}}',
      "no resource_changes",
    ],
    [
      "a bomb",
      `{"format_version":"1.2","planned_values":${"[".repeat(100_000)}${"]".repeat(100_000)}}`,
      "nested too deeply",
    ],
    ["a list", "[]", "nested too deeply"],
    ["a state", '{"format_version":"1.0","values":{}}', "it is a state"],
    ["a change set", '{"Changes":[]}', "--change-set"],
    ["of another form", planText([], { format_version: "2.0" }), "only 1.x is known"],
    ["without marks of secrets", silent, "which of its values are secret"],
    ["of a plan that failed", planText([], { errored: true }), "gate_plan_incomplete"],
    [
      "of a plan that leaves something for later",
      planText([], { deferred_changes: [{}] }),
      "gate_plan_incomplete",
    ],
  ])("is refused: %s", (_, text, why) => {
    expect(problem(text)).toContain(why);
    expect(problem(text)).not.toContain("hunter2");
  });
});
