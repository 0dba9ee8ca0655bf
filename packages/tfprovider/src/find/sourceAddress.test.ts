import { expect, test } from "vitest";
import { formatSource, parseSource } from "./sourceAddress.ts";

test.each([
  ["aws", "registry.terraform.io/hashicorp/aws"],
  ["Datadog/datadog", "registry.terraform.io/datadog/datadog"],
  ["registry.opentofu.org/hashicorp/aws", "registry.opentofu.org/hashicorp/aws"],
  ["registry.example.com:8443/a-team/my_thing", "registry.example.com:8443/a-team/my_thing"],
])("%j is the address %s", (text, expected) => {
  expect(formatSource(parseSource(text))).toBe(expected);
});

test.each([
  "",
  "/",
  "a/b/c/d",
  "../aws",
  "hashicorp/..",
  "registry.terraform.io/hashicorp/aws/../x",
  "a..b/hashicorp/aws",
  "host/name space/aws",
  "hashicorp/aws\0",
  "hashicorp\\aws",
  "-aws",
])("%j is refused, so no address can climb out of a folder", (text) => {
  expect(() => parseSource(text)).toThrow(expect.objectContaining({ code: "find_source_invalid" }));
});

test("an address of Terraform 0.12 is refused with the command that repairs the state", () => {
  expect(() => parseSource("registry.terraform.io/-/aws")).toThrow(
    expect.objectContaining({ hint: expect.stringContaining("terraform state replace-provider") }),
  );
});
