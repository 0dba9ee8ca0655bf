import { expect, test } from "vitest";
import { decodeCty } from "../cty/decode.ts";
import { encodeCty } from "../cty/encode.ts";
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
  expect(plain(configured({}).preparable)).toEqual(EMPTY);
  const list: CtyValue = [{ x: "1" }];
  expect(plain(configured({ list, map: { k: {} } }).preparable)).toEqual({
    ...EMPTY,
    list: [{ x: "1", within: [] }],
    map: { k: { x: null } },
  });
});

test("without credentials the prepared bytes are used as they came", () => {
  const prepared = Buffer.of(0x80);
  expect(configured({ region: "eu-1" }).complete(prepared)).toBe(prepared);
});

test("what is prepared does not depend on what the credentials are, not even on whether they are null", () => {
  const config = { region: "eu-1", key: "of the block", retries: 1 };
  const variants = [
    { key: "a", retries: 2 },
    { key: "b", retries: 3 },
    { key: null, retries: null },
  ];
  const forms = variants.map((credentials) => configured(config, credentials).preparable);
  expect(new Set(forms.map((form) => Buffer.from(form).toString("hex"))).size).toBe(1);
  expect(plain(forms[0] as Uint8Array)).toMatchObject({ region: "eu-1", key: "placeholder", retries: 1 });
});

test("credentials are put back, null included, over whatever preparing made of their placeholders", () => {
  const { complete } = configured({ key: "of the block" }, { key: null, list: [{ x: "role" }] });
  const prepared = encodeCty({ ...EMPTY, region: "filled-in", key: "PLACEHOLDER" }, SCHEMA.type);
  expect(plain(complete(prepared))).toEqual({
    ...EMPTY,
    region: "filled-in",
    key: null,
    list: [{ x: "role", within: [] }],
  });
});

test("a preparation that answers with no configuration is refused", () => {
  const { complete } = configured({}, { key: "a" });
  expect(() => complete(Buffer.of(0xc0))).toThrow(expect.objectContaining({ code: "provider_rpc_failed" }));
});
