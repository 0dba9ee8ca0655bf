import { expect, test } from "vitest";
import { objectOf } from "../../domain/value.ts";
import { type StateInstance, scanState } from "../state/index.ts";
import { createSettledMembers } from "./settledMembers.ts";
import type { DeclaredResource } from "./stackCode.ts";

function instancesOf(...attributes: readonly object[]) {
  const instances = attributes.map((value, index_key) => ({
    index_key,
    schema_version: 0,
    attributes: value,
  }));
  const provider = 'provider["registry.terraform.io/hashicorp/x"]';
  const resource = { mode: "managed", type: "x_y", name: "z", provider, instances };
  const state = {
    version: 4,
    terraform_version: "1.9.0",
    serial: 1,
    lineage: "l",
    outputs: {},
    resources: [resource],
  };
  return scanState(Buffer.from(JSON.stringify(state)), "test").instances;
}

const record = (instance: StateInstance) => ({ instance, members: instance.members() });

const RESOURCE = { source: { file: "main.tf", line: 1 } } as DeclaredResource;
const TAGS = objectOf([["a", "b"]]);
const declared = (name: string) =>
  objectOf([
    ["name", name],
    ["size", 3],
    ["tags", TAGS],
  ]);

test("what was found the same is left out where code and record are the same again", () => {
  const settled = createSettledMembers();
  const [first, second, edited] = instancesOf(
    { name: "one", size: 3, tags: { a: "b" } },
    { name: "two", size: 3, tags: { a: "b" } },
    { name: "three", size: 4, tags: { a: "b" } },
  );
  if (first === undefined || second === undefined || edited === undefined)
    throw new TypeError("three instances");
  expect(settled.remaining(RESOURCE, record(first), declared("one"))).toEqual(declared("one"));
  settled.settle(RESOURCE, record(first), declared("one"));
  expect(settled.remaining(RESOURCE, record(second), declared("two"))).toEqual(objectOf([["name", "two"]]));
  expect(settled.remaining(RESOURCE, record(edited), declared("three"))).toEqual(
    objectOf([
      ["name", "three"],
      ["size", 3],
    ]),
  );
});

test("another declared value is compared anew, also with the record that was compared before", () => {
  const settled = createSettledMembers();
  const [first, second] = instancesOf({ size: 3 }, { size: 3 });
  if (first === undefined || second === undefined) throw new TypeError("two instances");
  settled.settle(RESOURCE, record(first), objectOf([["size", 3]]));
  expect(settled.remaining(RESOURCE, record(second), objectOf([["size", 4]]))).toEqual(
    objectOf([["size", 4]]),
  );
  expect(settled.remaining({ ...RESOURCE }, record(second), objectOf([["size", 3]]))).toEqual(
    objectOf([["size", 3]]),
  );
});
