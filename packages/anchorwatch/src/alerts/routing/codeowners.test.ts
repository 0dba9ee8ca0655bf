import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseCodeOwners } from "./codeowners.ts";

describe("CODEOWNERS of GitHub", () => {
  const { ownersOf } = parseCodeOwners(
    [
      "# everything",
      "*       @acme/platform",
      "*.tf @acme/terraform # inline comment",
      "/build/logs/ @acme/logs",
      "docs/* docs@example.com",
      "apps/ @octocat",
      "/scripts @acme/scripts @second",
      "**/secrets @acme/security",
      "/infra/network/**/*.tf @acme/network",
      "/with\\ space/ @acme/space",
      "!/negated @nobody",
      "*.[ch] @nobody",
      "/unowned/",
      "broken not-an-owner",
    ].join("\n"),
    "github",
  );
  it.each([
    ["README.md", ["@acme/platform"]],
    ["infra/main.tf", ["@acme/terraform"]],
    ["build/logs/a/b.txt", ["@acme/logs"]],
    ["other/build/logs/b.txt", ["@acme/platform"]],
    ["docs/a.md", ["docs@example.com"]],
    ["docs/deep/a.md", ["@acme/platform"]],
    ["x/apps/y/z", ["@octocat"]],
    ["scripts/run.sh", ["@acme/scripts", "@second"]],
    ["a/b/secrets/key", ["@acme/security"]],
    ["infra/network/eu/west/main.tf", ["@acme/network"]],
    ["infra/network/main.tf", ["@acme/network"]],
    ["with space/x", ["@acme/space"]],
    ["negated", ["@acme/platform"]],
    ["a.c", ["@acme/platform"]],
    ["unowned/main.tf", []],
    ["broken", []],
  ])("%s is owned by %j", (path, owners) => {
    expect(ownersOf(path)).toEqual(owners);
  });
});

describe("CODEOWNERS of GitLab", () => {
  const { ownersOf } = parseCodeOwners(
    [
      "* @default",
      "[Network][2] @net/team",
      "/network/",
      "/network/special.tf @special",
      "^[Security] @sec",
      "*.tf",
      "!/network/generated.tf",
      "[network]",
      "/dns/ @dns",
    ].join("\n"),
    "gitlab",
  );
  it.each([
    ["a.txt", ["@default"]],
    ["network/a.txt", ["@default", "@net/team"]],
    ["network/special.tf", ["@default", "@special", "@sec"]],
    ["network/generated.tf", ["@default", "@net/team"]],
    ["dns/a.txt", ["@default", "@dns"]],
  ])("%s is owned, section by section, by %j", (path, owners) => {
    expect(ownersOf(path)).toEqual(owners);
  });
});

it("takes whatever a repository holds, and gives owners that it names", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "grapheme" }),
      fc.string(),
      fc.constantFrom("github", "gitlab"),
      (text, path, syntax) => {
        for (const owner of parseCodeOwners(text, syntax as "github").ownersOf(path))
          expect(text).toContain(owner);
      },
    ),
  );
  const stars = `${"*a".repeat(200)} @x\n${"**/".repeat(200)}b @y`;
  expect(parseCodeOwners(stars, "github").ownersOf("a".repeat(4000))).toEqual(["@x"]);
  expect(parseCodeOwners(stars, "github").ownersOf("a/".repeat(2000))).toEqual([]);
});
