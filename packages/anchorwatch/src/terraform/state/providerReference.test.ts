import { expect, test } from "vitest";
import { parseProviderReference } from "./providerReference.ts";

test.each([
  [
    'provider["registry.terraform.io/hashicorp/aws"]',
    { source: "registry.terraform.io/hashicorp/aws", module: "" },
  ],
  [
    'provider["registry.terraform.io/hashicorp/aws"].west',
    { source: "registry.terraform.io/hashicorp/aws", alias: "west", module: "" },
  ],
  [
    'module.net.module.inner.provider["registry.opentofu.org/acme/thing"].a-b',
    { source: "registry.opentofu.org/acme/thing", alias: "a-b", module: "module.net.module.inner" },
  ],
  ["provider.aws", { source: "registry.terraform.io/hashicorp/aws", module: "" }],
  [
    "module.x.provider.aws.west",
    { source: "registry.terraform.io/hashicorp/aws", alias: "west", module: "module.x" },
  ],
  ['provider["registry.terraform.io/-/aws"]', { source: "registry.terraform.io/hashicorp/aws", module: "" }],
  ["provider.terraform", { source: "terraform.io/builtin/terraform", module: "" }],
  ['provider["terraform.io/builtin/terraform"]', { source: "terraform.io/builtin/terraform", module: "" }],
  ['provider["Example.com:8443/Acme/Thing"]', { source: "example.com:8443/acme/thing", module: "" }],
  [
    'provider["registry.opentofu.org/hashicorp/aws"].by_region["eu-west-1"]',
    { source: "registry.opentofu.org/hashicorp/aws", alias: "by_region", key: "eu-west-1", module: "" },
  ],
  [
    'module.a["x.provider.y"].provider.aws',
    { source: "registry.terraform.io/hashicorp/aws", module: 'module.a["x.provider.y"]' },
  ],
])("%s", (text, expected) => {
  expect(parseProviderReference(text)).toEqual(expected);
});

test("a module may be called provider", () => {
  expect(parseProviderReference("module.x.module.provider.provider.aws")).toEqual({
    source: "registry.terraform.io/hashicorp/aws",
    module: "module.x.module.provider",
  });
});

test.each([
  "",
  "aws",
  "provider",
  "provider.",
  'provider["aws"]',
  'provider["a/b/c/d"]',
  'provider["a//c"]',
  "module.x",
  'provider["a/b/c"].x["\\q"]',
  'provider["a/b/c"].x["a\tb"]',
  'provider["a/b/c"].x[01]',
])("%j is no reference", (text) => {
  expect(parseProviderReference(text)).toBeUndefined();
});
