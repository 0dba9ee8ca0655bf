import { expect, test } from "vitest";
import { decodeCty } from "../cty/decode.ts";
import type { CtyObject, CtyValue } from "../cty/value.ts";
import { decodeSchema } from "../schema/schema.ts";
import { SchemaMessages } from "../wire/schema.ts";
import { encodeConfiguration } from "./configuration.ts";

const flags = { description: "", required: false, optional: true, computed: false, sensitive: false };
const attribute = (name: string, type: string) => ({
  ...flags,
  name,
  type: Buffer.from(JSON.stringify(type)),
  deprecated: false,
  writeOnly: false,
});
const inner = { attributes: [attribute("x", "string")] };
const nested = (typeName: string, nesting: number, more: object = {}) => ({
  typeName,
  nesting,
  minItems: 0,
  maxItems: 0,
  block: { ...inner, ...more },
});
const SCHEMA = decodeSchema(
  SchemaMessages[6].encode({
    version: 0,
    block: {
      attributes: [attribute("region", "string"), attribute("key", "string"), attribute("retries", "number")],
      blockTypes: [
        nested("single", 1),
        nested("list", 2, { blockTypes: [nested("within", 3)] }),
        nested("map", 4),
        nested("group", 5),
      ],
    },
  }),
  6,
);

const EMPTY: CtyObject = {
  region: null,
  key: null,
  retries: null,
  single: null,
  list: [],
  map: {},
  group: { x: null },
};
const plain = (bytes: Uint8Array) => JSON.parse(JSON.stringify(decodeCty(bytes, SCHEMA.type))) as unknown;
const configured = (config: CtyObject, credentials?: CtyObject) =>
  encodeConfiguration(config, credentials, SCHEMA);

test("what is left out is null where it is an attribute, and empty where it is a block", () => {
  expect(plain(configured({}).whole)).toEqual(EMPTY);
  const list: CtyValue = [{ x: "1" }];
  expect(plain(configured({ list, map: { k: {} } }).whole)).toEqual({
    ...EMPTY,
    list: [{ x: "1", within: [] }],
    map: { k: { x: null } },
  });
});

test("without credentials both forms are one", () => {
  const { whole, validatable } = configured({ region: "eu-1" });
  expect(validatable).toBe(whole);
});

test("what is validated does not depend on what the credentials are, not even on whether they are null", () => {
  const config = { region: "eu-1", key: "of the block", retries: 1 };
  const variants = [
    { key: "a", retries: 2 },
    { key: "b", retries: 3 },
    { key: null, retries: null },
  ];
  const forms = variants.map((credentials) => configured(config, credentials).validatable);
  expect(new Set(forms.map((form) => Buffer.from(form).toString("hex"))).size).toBe(1);
  expect(plain(forms[0] as Uint8Array)).toMatchObject({ region: "eu-1", key: "placeholder", retries: 1 });
});

test("credentials take the place of what the block sets, null and blocks included", () => {
  const config = { region: "eu-1", key: "of the block" };
  const { whole, validatable } = configured(config, { key: null, list: [{ x: "role" }] });
  expect(plain(whole)).toEqual({
    ...EMPTY,
    region: "eu-1",
    key: null,
    list: [{ x: "role", within: [] }],
  });
  expect(plain(validatable)).toEqual({ ...EMPTY, region: "eu-1", key: "placeholder" });
});
