import { describe, expect, it } from "vitest";
import type { Warning } from "../../domain/errors.ts";
import { checkPolicies } from "./checkPolicies.ts";

const STACK = "resource is Anchorwatch::Stack";

function problems(text: string): readonly string[] {
  return checkPolicies([{ name: "own.cedar", text }]).problems.map(shown);
}

function shown({ location, message, hint }: Warning): string {
  return `${location?.file}:${location?.line}:${location?.column} ${message}${hint === undefined ? "" : ` ${hint}`}`;
}

describe("the operator's policies", () => {
  it("may be none at all, or only comments", () => {
    expect(checkPolicies([])).toEqual({ problems: [], warnings: [] });
    expect(problems("// nothing yet\n")).toEqual([]);
  });

  it("may forbid more, and permit more", () => {
    expect(
      problems(`@id("strong-in-production")
@means("production is changed with a second factor only")
forbid (principal, action in Anchorwatch::Action::"change", ${STACK})
when { resource.hasTag("env") && resource.getTag("env") == "prod" }
unless { context.strong };

permit (principal in Anchorwatch::Group::"okta:sre", action == Anchorwatch::Action::"stack.check", resource);
forbid (principal, action, resource) when { context.channel == Anchorwatch::Channel::"workload" };`),
    ).toEqual([]);
  });

  it.each([
    ["permit (principal, action, resource", "own.cedar:1:36 unexpected end of input: expected"],
    ["// é\n\npermit (principal, action, resource)\n  when { contxt.strong };", "own.cedar:4:10 "],
    [
      'forbid (\n  principal in Anchorwatch::Role::"veiwer", action, resource);',
      'own.cedar:2:16 policy “own.cedar#1”: entity `Anchorwatch::Role::"veiwer"`',
    ],
    [
      '@id("é")\nforbid (principal, action == Anchorwatch::Action::"stack.vew", resource);',
      'own.cedar:2:30 policy “é”: unrecognized action `Anchorwatch::Action::"stack.vew"` Did you mean',
    ],
    [
      `// forbid (principal, action, ${STACK}) when { resource.getTag("a") == "b" };\nforbid (principal, action, ${STACK}) when { resource.getTag("a") == "b" };`,
      'own.cedar:2:67 policy “own.cedar#1”: unable to guarantee safety of access to tag `"a"`',
    ],
    [
      "forbid (principal, action, resource) when { principal.login == 3 };",
      "own.cedar:1:45 policy “own.cedar#1”: attribute `login` on entity type",
    ],
    [
      'forbid (principal, action, resource) when { context.channel == "token" };',
      "own.cedar:1:45 policy “own.cedar#1”: the types",
    ],
    [
      'forbid (principal, action, resource)\nwhen { principal == Anchorwatch::User::"Maria@example.com" };',
      'own.cedar:1:1 policy “own.cedar#1”: logins are in lower case, found "Maria@example.com" Write "maria@example.com".',
    ],
    [
      'forbid (principal in Anchorwatch::Group::"contractors", action, resource);',
      'own.cedar:1:1 policy “own.cedar#1”: expected a group as "PROVIDER:GROUP", found "contractors"',
    ],
    [
      'forbid (principal, action, resource == Anchorwatch::Stack::"network");',
      "own.cedar:1:1 policy “own.cedar#1”: stacks and accounts have no names here",
    ],
    [
      '@id("auditor")\nforbid (principal, action, resource);',
      "own.cedar:1:undefined there are two policies “auditor”: the other one is built in",
    ],
    [
      '@id("a")\nforbid (principal, action, resource);\n@id("a")\npermit (principal, action, resource);',
      "own.cedar:3:undefined there are two policies “a”: the other one stands in own.cedar:1",
    ],
    ["permit (principal == ?principal, action, resource);", "expected policies, found a template"],
  ])("%j is refused where it is wrong", (text, words) => {
    expect(problems(text).join("\n")).toContain(words);
  });

  it.each([
    ["brackets", `${"(".repeat(5000)}true${")".repeat(5000)}`],
    ["sets", `${"[".repeat(5000)}true${"]".repeat(5000)}.isEmpty()`],
    ["members", `context${".a".repeat(5000)}`],
    ["members in brackets", `context${'["a"]'.repeat(5000)}`],
    ["sums", `1${"+1".repeat(5000)} > 0`],
    ["conditions", `${"if true then true else ".repeat(5000)}true`],
    ["alternatives", `true${" || true".repeat(5000)}`],
  ])("%s without end are refused before they exhaust the parser", (_what, body) => {
    const text = `permit (principal, action, resource);\npermit (principal, action, resource) when { ${body} };`;
    expect(problems(text)).toEqual([expect.stringMatching(/^own\.cedar:2:\d+ .* Make several policies/)]);
    expect(problems("permit (principal, action, resource);")).toEqual([]);
  });

  it("cannot hide from that behind a comment that only Cedar sees end", () => {
    const deep = `// none\r permit (principal, action, resource) when { ${"(".repeat(20)}true${")".repeat(20)} };`;
    expect(problems(deep)).toEqual([expect.stringContaining("brackets may be 15 deep here")]);
  });

  it("may be as big as the limits say, all of them at once", () => {
    const deep = `${"(".repeat(13)}context${".a".repeat(99)}${" + 1".repeat(39)}${")".repeat(13)} > 0`;
    const found = problems(`permit (principal, action, resource) when { ${deep}${" && true".repeat(200)} };`);
    expect(found.join()).toContain("attribute `a`");
    expect(problems("permit (principal, action, resource);")).toEqual([]);
  });

  it("tells of a policy that can never apply", () => {
    const { problems: wrong, warnings } = checkPolicies([
      {
        name: "own.cedar",
        text: '\nforbid (principal, action == Anchorwatch::Action::"access.view", resource is Anchorwatch::Stack);',
      },
    ]);
    expect(wrong).toEqual([]);
    expect(warnings.map(shown).join("\n")).toContain("own.cedar:2:1 policy “own.cedar#1”: ");
  });

  it("names each of many policies by its place, however many there are", () => {
    const lines = Array.from({ length: 12 }, () => "permit (principal, action, resource);").join("\n");
    expect(problems(`${lines}\npermit (principal, action, resource) when { 1 };`)).toEqual([
      expect.stringContaining("own.cedar:13:45 policy “own.cedar#13”"),
    ]);
  });
});
