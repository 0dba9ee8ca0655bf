import type { Attribute, Schema } from "tfprovider";
import { expect, test } from "vitest";
import { objectOf } from "../../domain/value.ts";
import { providerConfig } from "./configuration.ts";
import { providerSecrets } from "./secrets.ts";

/** A provider whose arguments are texts with these names. */
function schemaOf(...names: readonly string[]): Schema {
  const type = { kind: "string" } as const;
  const attribute: Attribute = {
    type,
    required: false,
    optional: true,
    computed: false,
    sensitive: false,
    writeOnly: false,
    deprecated: false,
  };
  return {
    version: 0,
    type: { kind: "object", attributes: new Map(names.map((name) => [name, type])) },
    block: { attributes: new Map(names.map((name) => [name, attribute])), blocks: new Map() },
  };
}

const location = { file: "main.tf", line: 7 };

test.each([
  ["role", { role: "arn:aws:iam::1:role/r" }, "--read-role"],
  ["profile", { profile: "audit" }, "--profile"],
])(
  "a provider without a %s that could be replaced says so with the line of its block",
  (_, credentials, option) => {
    const configure = () => providerConfig(objectOf([]), schemaOf("region"), credentials, location);
    expect(configure).toThrow(
      expect.objectContaining({
        code: "read_credentials_unsupported",
        hint: expect.stringContaining(option),
        location,
      }),
    );
  },
);

test("a profile from outside takes the place of static credentials", () => {
  const schema = schemaOf("profile", "access_key", "secret_key", "region");
  const block = objectOf([
    ["access_key", "a"],
    ["secret_key", "s"],
    ["region", "eu-1"],
  ]);
  const config = providerConfig(block, schema, { profile: "audit" }, location);
  expect({ ...config }).toEqual({ profile: "audit", access_key: null, secret_key: null, region: "eu-1" });
});

test("credentials of a provider block are secret by their names, by the schema and by the code", () => {
  const schema = schemaOf(
    "secret_key",
    "token",
    "client_secret",
    "region",
    "user",
    "shared_credentials_file",
  );
  const values = objectOf([
    ["secret_key", "one"],
    ["token", "two"],
    ["client_secret", "three"],
    ["user", "four"],
    ["region", "eu-1"],
    ["shared_credentials_file", "/home/me/.aws/credentials"],
  ]);
  const block = { values, sensitive: [["user"]] };
  expect(providerSecrets(block, schema)).toEqual(["one", "two", "three", "four"]);
});
