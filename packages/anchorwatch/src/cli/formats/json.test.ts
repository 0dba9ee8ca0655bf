import { readFile } from "node:fs/promises";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import type { ResourceAddress } from "../../domain/address.ts";
import { Decimal, objectOf, unknown, type Value } from "../../domain/value.ts";
import { change, checkResult, driftedNetwork, resource } from "./checkResult.fixture.ts";
import { renderJson } from "./json.ts";

const REPOSITORY = new URL("../../../../../", import.meta.url);

let published: ValidateFunction;
/** The schema with every object closed: what we print holds nothing that it does not describe. */
let closed: ValidateFunction;

beforeAll(async () => {
  const schema = JSON.parse(
    await readFile(new URL("docs/schema/check-v1.schema.json", REPOSITORY), "utf8"),
  ) as object;
  published = new Ajv2020({ strictTypes: false, strictRequired: false, allowUnionTypes: true }).compile(
    schema,
  );
  closed = new Ajv2020({ strict: false }).compile(closeObjects(schema) as object);
});

function closeObjects(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closeObjects);
  if (typeof schema !== "object" || schema === null) return schema;
  const copy = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [
      key,
      key === "$id" ? `${value}:closed` : closeObjects(value),
    ]),
  );
  return copy["type"] === "object" ? { ...copy, unevaluatedProperties: false } : copy;
}

function valid(text: string): Record<string, unknown> {
  const document = JSON.parse(text) as Record<string, unknown>;
  expect(published(document), JSON.stringify(published.errors)).toBe(true);
  expect(closed(document), JSON.stringify(closed.errors)).toBe(true);
  return document;
}

/** The change as it is printed. */
function one(given: Parameters<typeof change>[0]): unknown {
  const changed = resource("a.b", { verdict: "changed", changes: [change(given)] });
  const { resources } = valid(renderJson(checkResult([changed]), { all: true }));
  return (resources as readonly { readonly changes: readonly unknown[] }[])[0]?.changes[0];
}

describe("the JSON report", () => {
  it("has the form of the contract", () => {
    const document = valid(renderJson(driftedNetwork(), { all: false }));
    expect(document).toMatchObject({
      schema: "anchorwatch.check/v1",
      stack: {
        name: "network",
        kind: "terraform",
        workspace: "default",
        path: "infra/network",
        lineage: "6f1c",
        serial: 42,
      },
      startedAt: "2026-01-02T03:04:05.000Z",
      finishedAt: "2026-01-02T03:04:06.200Z",
      trigger: "manual",
      coverage: {
        resources: 8,
        inSync: 1,
        changed: 3,
        deleted: 1,
        ignored: 1,
        unknown: 1,
        notChecked: 1,
        pending: 1,
      },
      pending: [
        {
          address: "aws_sqs_queue.jobs",
          action: "update",
          source: { file: "main.tf", line: 60 },
          changes: [{ path: ["delay_seconds"], recorded: 0, declared: 30 }],
          alreadyLive: false,
        },
      ],
    });
  });

  it("lists what is not in sync, sorted, with the changes that matter", () => {
    const document = valid(renderJson(driftedNetwork(), { all: false }));
    const resources = document["resources"] as {
      address: string;
      changes?: { path: unknown }[];
    }[];
    expect(resources.map(({ address }) => address)).toEqual([
      "aws_autoscaling_group.app",
      "aws_db_instance.main",
      "aws_iam_policy.deploy",
      "aws_security_group.web",
      "aws_sns_topic.alerts",
      "aws_sns_topic.audit",
      "terraform_data.marker",
    ]);
    expect(resources[2]?.changes).toEqual([
      {
        path: ["policy", { json: ["Statement", 0, "Action"] }],
        op: "replace",
        recorded: "s3:GetObject",
        live: "s3:*",
        recordedJson: "{}",
        liveJson: "{}",
        settable: true,
      },
    ]);
    expect(resources[0]?.changes).toEqual([
      {
        path: ["desired_capacity"],
        op: "replace",
        recorded: 2,
        live: 5,
        settable: true,
        ignoredBy: "anchorwatch.yaml:12",
      },
    ]);
  });

  it("with --all lists the rest too", () => {
    const document = valid(renderJson(driftedNetwork(), { all: true }));
    const resources = document["resources"] as { address: string; changes?: object[] }[];
    expect(resources.map(({ address }) => address)).toContain("aws_vpc.main");
    expect(resources.find(({ address }) => address === "aws_iam_policy.deploy")?.changes).toContainEqual({
      path: ["attachment_count"],
      op: "replace",
      recorded: 1,
      live: 2,
      settable: false,
      informational: true,
    });
  });

  it("of nothing is valid", () => {
    expect(valid(renderJson(checkResult([]), { all: false }))).toMatchObject({ resources: [], pending: [] });
  });

  it("carries no value of a sensitive change, whatever the change carries", () => {
    const secret = "hunter2";
    const leaky = { recorded: secret, live: secret, element: secret, recordedJson: secret, liveJson: secret };
    expect(one({ path: ["password"], sensitive: true, ...leaky })).toEqual({
      path: ["password"],
      op: "replace",
      sensitive: true,
      settable: true,
    });
    const pending = { address: "a.b" as ResourceAddress, action: "update", alreadyLive: false } as const;
    const changes = [{ path: ["password"], sensitive: true, recorded: secret, declared: secret }] as const;
    const text = renderJson(checkResult([], { pending: [{ ...pending, changes }] }), { all: true });
    valid(text);
    expect(text).not.toContain(secret);
  });

  it("has no address for what no stack knows", () => {
    const stray = resource("", { type: "aws_s3_bucket", id: "stray", verdict: "unmanaged" });
    const [found] = valid(renderJson(checkResult([stray]), { all: false }))["resources"] as object[];
    expect(found).toEqual({
      type: "aws_s3_bucket",
      provider: "registry.terraform.io/hashicorp/aws",
      id: "stray",
      verdict: "unmanaged",
    });
  });

  it("tells absent from null", () => {
    expect(one({ path: ["a"], op: "add", live: null })).toEqual({
      path: ["a"],
      op: "add",
      live: null,
      settable: true,
    });
  });

  it("writes a value that only applying would tell as null, and says where", () => {
    const pending = { address: "a.b" as ResourceAddress, action: "update", alreadyLive: false } as const;
    const changes = [
      { path: ["a"], recorded: "x", unknown: true },
      { path: ["b"], declared: ["x", unknown] },
    ] as const;
    const document = valid(
      renderJson(checkResult([], { pending: [{ ...pending, changes }] }), { all: false }),
    );
    expect((document["pending"] as { changes: object[] }[])[0]?.changes).toEqual([
      { path: ["a"], recorded: "x", unknown: true },
      { path: ["b"], declared: ["x", null], unknowns: [["declared", 1]] },
    ]);
  });
});

describe("numbers in JSON", () => {
  it.each<[Value, unknown]>([
    [9007199254740991n, 9007199254740991],
    [-9007199254740991n, -9007199254740991],
    [9007199254740992n, "9007199254740992"],
    [2 ** 60, "1152921504606846976"],
    [18446744073709551615n, "18446744073709551615"],
    [new Decimal("0.12345678901234567890"), "0.12345678901234567890"],
    [1.5, 1.5],
    [0, 0],
  ])("are numbers where every reader gets them right, else strings (%#)", (value, json) => {
    const marks = typeof json === "string" ? { number: true, numbers: [["live"]] } : {};
    expect(one({ path: ["n"], recorded: 1, live: value })).toEqual({
      path: ["n"],
      op: "replace",
      recorded: 1,
      live: json,
      settable: true,
      ...marks,
    });
  });

  it("that became strings inside of a value are told from real strings by their paths", () => {
    const element = objectOf([
      ["id", "18446744073709551615"],
      ["max", 18446744073709551615n],
      ["steps", [1, 2n ** 70n]],
    ]);
    expect(one({ path: ["rule"], op: "add", element })).toMatchObject({
      element: {
        id: "18446744073709551615",
        max: "18446744073709551615",
        steps: [1, "1180591620717411303424"],
      },
      number: true,
      numbers: [
        ["element", "max"],
        ["element", "steps", 1],
      ],
    });
  });

  it("keep their exact value, and every other value too", () => {
    const value: fc.Memo<Value> = fc.memo((depth) =>
      depth <= 1
        ? fc.oneof(
            fc.bigInt(),
            fc.string(),
            fc.boolean(),
            fc.constant(null),
            fc.double({ noNaN: true, noDefaultInfinity: true }),
          )
        : fc.oneof(
            value(depth - 1),
            fc.array(value(depth - 1)),
            fc.array(fc.tuple(fc.string(), value(depth - 1))).map(objectOf),
          ),
    );
    fc.assert(
      fc.property(value(3), (given) => {
        const found = one({ path: ["x"], op: "add", live: given }) as {
          live: unknown;
          numbers?: (string | number)[][];
        };
        expect(restore({ live: found.live }, found.numbers ?? [])).toEqual({ live: normal(given) });
      }),
    );
  });
});

/** Reads the contract as a program would: strings at the listed paths are numbers. */
function restore(
  value: unknown,
  numbers: readonly (readonly (string | number)[])[],
  path: readonly (string | number)[] = [],
): unknown {
  if (numbers.some((listed) => JSON.stringify(listed) === JSON.stringify(path)))
    return BigInt(value as string);
  if (Array.isArray(value)) return value.map((item, index) => restore(item, numbers, [...path, index]));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, restore(member, numbers, [...path, key])]),
  );
}

/** The same value as JSON has it: safe integers are numbers, others bigints. */
function normal(value: Value): unknown {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (typeof value === "number")
    return Number.isInteger(value) && !Number.isSafeInteger(value) ? BigInt(value) : value + 0;
  if (Array.isArray(value)) return value.map(normal);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, normal(member as Value)]));
}

describe("the published schema", () => {
  it("takes the example of docs/check-format.md", async () => {
    const page = await readFile(new URL("docs/check-format.md", REPOSITORY), "utf8");
    const [, example = ""] = /```json\n(\{\n {2}"schema"[\s\S]*?)```/.exec(page) ?? [];
    valid(example);
  });

  it.each([
    [
      "a sensitive change with a value",
      { path: ["a"], op: "replace", settable: true, sensitive: true, live: "x" },
    ],
    ["a number without its place", { path: ["a"], op: "replace", settable: true, live: "1", number: true }],
    ["a change without settable", { path: ["a"], op: "replace" }],
    ["another operation", { path: ["a"], op: "update", settable: true }],
  ])("refuses %s", (_, bad) => {
    const document = JSON.parse(
      renderJson(checkResult([resource("a.b", { verdict: "changed" })]), { all: false }),
    ) as {
      resources: { changes?: unknown[] }[];
    };
    expect(published(document)).toBe(true);
    for (const found of document.resources) found.changes = [bad];
    expect(published(document)).toBe(false);
  });

  it("takes fields that come later", () => {
    const document = {
      ...(JSON.parse(renderJson(checkResult([]), { all: false })) as object),
      added: { later: true },
    };
    expect(published(document)).toBe(true);
  });
});
