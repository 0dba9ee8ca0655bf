import fc from "fast-check";
import { expect, test } from "vitest";
import { allows, parseConstraint } from "./constraint.ts";
import { compareVersions, parseVersion, readVersion } from "./version.ts";

const number = fc.nat({ max: 30 });
const name = fc.constantFrom("alpha", "beta", "1", "2", "10", "rc-1");
const anyVersion = fc
  .tuple(number, number, number, fc.array(name, { maxLength: 2 }))
  .map(([major, minor, patch, names]) =>
    parseVersion(`${major}.${minor}.${patch}${names.length > 0 ? `-${names.join(".")}` : ""}`),
  );

test("versions are ordered as semantic versioning says", () => {
  const ascending = [
    "1.0.0-alpha",
    "1.0.0-alpha.1",
    "1.0.0-alpha.beta",
    "1.0.0-beta",
    "1.0.0-beta.2",
    "1.0.0-beta.11",
    "1.0.0-rc.1",
    "1.0.0",
    "1.9.0",
    "1.10.0",
    "99999999999999999999.0.0",
  ];
  const sorted = ascending.toReversed().map(parseVersion).sort(compareVersions);
  expect(sorted.map((version) => version.text)).toEqual(ascending);
});

test("the order of versions is total: antisymmetric and transitive", () => {
  fc.assert(
    fc.property(anyVersion, anyVersion, anyVersion, (a, b, c) => {
      expect(Math.sign(compareVersions(a, b)) + Math.sign(compareVersions(b, a))).toBe(0);
      if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0) {
        expect(compareVersions(a, c)).toBeLessThanOrEqual(0);
      }
    }),
  );
});

test.each(["", "1", "1.2", "v1.2.3", "1.2.3/../..", "../1.2.3", "01.2.3", "1.2.3-", "1.2.3 "])(
  "%j is no version, and so never becomes a folder name",
  (text) => {
    expect(readVersion(text)).toBeUndefined();
    expect(() => parseVersion(text)).toThrow(expect.objectContaining({ code: "find_version_invalid" }));
  },
);

/** What `terraform init` (1.11.4) installed from a mirror that had these. */
const MIRROR = ["4.9.0", "5.0.0", "5.0.3", "5.1.0", "6.0.0", "7.0.0-beta1"].map(parseVersion);
test.each([
  ["~> 5", "5.1.0"],
  ["~> 5.0", "5.1.0"],
  ["~> 5.0.0", "5.0.3"],
  ["~>5.0.3", "5.0.3"],
  [">= 5", "6.0.0"],
  ["> 5", "6.0.0"],
  [">5, <6", "5.1.0"],
  ["!= 6.0.0", "5.1.0"],
  ["< 5.0.1", "5.0.0"],
  ["<= 5", "5.0.0"],
  ["5", "5.0.0"],
  ["= 5.0.3", "5.0.3"],
  ["7.0.0-beta1", "7.0.0-beta1"],
  ["~> 7.0.0-beta1", undefined],
  [">= 7.0.0-beta1", undefined],
  ["~> 6.0.0-alpha", "6.0.0"],
])("the constraint %j takes %j, as Terraform does", (text, expected) => {
  const allowed = MIRROR.filter((version) => allows(parseConstraint(text), version));
  expect(allowed.sort(compareVersions).at(-1)?.text).toBe(expected);
});

test.each(["", "~> 5.0,", "=5.0.*", "latest", ">=> 5", "5.0.0.0"])("%j is no constraint", (text) => {
  expect(() => parseConstraint(text)).toThrow(expect.objectContaining({ code: "find_constraint_invalid" }));
});
