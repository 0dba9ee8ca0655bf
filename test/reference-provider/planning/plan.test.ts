import { expect, test } from "vitest";
import { type CtyObject, CtyUnknown } from "../../../packages/tfprovider/src/cty/value.ts";
import type { ProviderSettings } from "../schema/specification.ts";
import { resourceType } from "../types/catalogue.ts";
import type { JsonObject } from "../values/json.ts";
import { makeResource } from "./make.ts";
import { planResource } from "./plan.ts";

const settings: ProviderSettings = {
  path: "",
  region: "eu-1",
  token: undefined,
  role: undefined,
  endpoint: undefined,
  defaultTags: { team: "net" },
};

function plan(typeName: string, set: JsonObject, prior: CtyObject | null = null): CtyObject {
  const { members, convert } = resourceType(typeName);
  return planResource(members, { config: convert(set), prior }, settings);
}

function create(typeName: string, set: JsonObject): CtyObject {
  const resource = plan(typeName, set);
  return makeResource(resourceType(typeName).members, {
    type: typeName,
    id: "x",
    resource,
    prior: null,
    settings,
  });
}

const DATABASE = {
  identifier: "main",
  engine: "postgres",
  size: 1,
  storage_class: "SSD",
  settings: { parameters: { a: "b" } },
  endpoints: { read: { port: 1 } },
  replica: [{ zone: "a" }],
};

test("on creation defaults are filled in, and what the cloud decides is unknown", () => {
  const planned = plan("reference_database", { ...DATABASE, password_wo: "secret" });
  expect(planned).toMatchObject({
    id: new CtyUnknown(),
    settings: { collation: "utf8", limits: null },
    endpoints: { read: { port: 1, protocol: "tcp", url: new CtyUnknown() } },
    replica: [{ zone: "a", size: 1, endpoint: new CtyUnknown() }],
    password_wo: null,
    timeouts: null,
  });
});

test("an unchanged configuration plans exactly what there is", () => {
  const prior = create("reference_database", DATABASE);
  expect(plan("reference_database", DATABASE, prior)).toEqual(prior);
});

test("a change keeps computed values, also nested ones, and makes volatile ones unknown", () => {
  const prior = create("reference_database", DATABASE);
  const planned = plan("reference_database", { ...DATABASE, size: 2 }, prior);
  expect(planned).toEqual({ ...prior, size: 2, revision: new CtyUnknown() });
});

test.each([
  ["reference_database", { ...DATABASE, storage_class: "ssd" }, "storage_class", "SSD"],
  [
    "reference_role_policy",
    { role: "r", name: "n", policy: '{ "b": [1], "a": 2.0 }' },
    "policy",
    '{"a":2,"b":[1]}',
  ],
])("another spelling of %s keeps the earlier one", (typeName, set, name, spelling) => {
  const prior = create(typeName, { ...set, [name]: spelling });
  expect(plan(typeName, set, prior)).toEqual(prior);
});

test("tags_all follows from the tags and those of the provider, and waits for tags that are not known yet", () => {
  const { members, convert } = resourceType("reference_topic");
  expect(plan("reference_topic", { name: "t", tags: { a: "b" } })["tags_all"]).toEqual({
    a: "b",
    team: "net",
  });
  const config = { ...convert({ name: "t" }), tags: new CtyUnknown() };
  expect(planResource(members, { config, prior: null }, settings)["tags_all"]).toEqual(new CtyUnknown());
});
