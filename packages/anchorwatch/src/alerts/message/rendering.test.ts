import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { bytes, characters, cut, fitted } from "./fitting.ts";
import { codeBlock, codeSpan, markdown } from "./markdown.ts";
import { alertDrift, alertMessage, classification, EVIL_TEXTS, hostileMessage } from "./messages.fixture.ts";
import { outlineOf } from "./outline.ts";
import { plainText } from "./plainText.ts";

const ROOM = 60_000;

test("a message says what, where, who, when, why, and what can be done", () => {
  expect(
    plainText(alertMessage(), ROOM),
  ).toBe(`CRITICAL security · A security group lets in the whole Internet: aws_security_group.web in network
Open
Since: 2026-01-02 03:04:05 UTC

changed aws_security_group.web
  Stack: network (env=prod, team=payments)
  Declared in: infra/main.tf:12
  Who: eve (arn:aws:iam::123456789012:user/eve) by console from 198.51.100.7
  When: 2026-01-02 03:04:05 UTC, AuthorizeSecurityGroupIngress
    + ingress  live only  {"from_port":22}
    ~ master_password  differs (sensitive, not shown)
  Why: eve opened port 22 of aws_security_group.web to the whole Internet. [aws.security_group.open_to_world, high]
  Why: This is production. high became critical. [production]
  Controls: CIS AWS 3.0.0 5.2; PCI DSS 4.0.1 1.3.1
  What helps: Take the rule back.
  In the code: https://forge.example/infra/blob/abc/infra/main.tf#L12
  In the cloud's console: https://eu-west-1.console.aws.amazon.com/ec2/home?region=eu-west-1#SecurityGroup:groupId=sg-1

Open in Anchorwatch: https://anchorwatch.example.com/api/v1/drifts/0197-drift-1
`);
});

test("as Markdown it says the same", () => {
  const text = markdown(alertMessage(), ROOM);
  expect(text).toContain(
    "### `CRITICAL security · A security group lets in the whole Internet: aws_security_group.web in network`\n\n`Open`\n",
  );
  expect(text).toContain('```diff\n+ ingress  live only  {"from_port":22}\n');
  expect(text).toContain(
    "- `eve opened port 22 of aws_security_group.web to the whole Internet. [aws.security_group.open_to_world, high]`\n",
  );
  expect(text).toContain(
    "[Open in Anchorwatch](<https://anchorwatch.example.com/api/v1/drifts/0197-drift-1>)",
  );
});

describe("the state of an alert", () => {
  it.each([
    [{}, "Open"],
    [{ escalation: 2 }, "Open, sent further up (2): nobody answered"],
    [{ status: "acknowledged", acknowledgedBy: "ada" }, "Acknowledged by ada"],
    [
      { status: "snoozed", snoozedUntil: new Date("2026-01-03T00:00:00Z") },
      "Snoozed until 2026-01-03 00:00:00 UTC",
    ],
    [{ status: "resolved", resolution: "reverted" }, "Resolved: reverted"],
  ] as const)("%j is %j", (given, words) => {
    expect(outlineOf(alertMessage(given)).status).toBe(words);
  });
});

test("what is not known is said, and nothing is claimed", () => {
  const {
    who: _who,
    classification: _class,
    source: _source,
    consoleUrl: _url,
    event: _event,
    ...bare
  } = alertDrift();
  const text = plainText(alertMessage({ drifts: [{ ...bare, address: "", status: "closed" }] }), ROOM);
  expect(text).toContain("changed aws_security_group (over)\n");
  expect(text).toContain("Who: nobody is known: no event tells of it\n");
  expect(text).not.toMatch(/undefined|Why|Controls|In the code/);
});

test("a classification that is incomplete says so, beside the first of many reasons", () => {
  const [rule] = classification().rules;
  if (rule === undefined) throw new TypeError("no rule");
  const rules = Array.from({ length: 9 }, (_, i) => ({
    ...rule,
    id: `r${i}`,
    controls: [`c${2 * i}`, `c${2 * i + 1}`],
  }));
  const [drift] = outlineOf(
    alertMessage({ drifts: [alertDrift({ classification: classification({ rules, isComplete: false }) })] }),
  ).drifts;
  expect(drift?.why).toHaveLength(7);
  expect(drift?.why.slice(-2)).toEqual([
    "… and 5 more",
    "A rule failed: the classification is incomplete, and nothing was lowered.",
  ]);
  expect(drift?.controls.at(-1)).toBe("… and 6 more");
});

/** What of a page of Markdown is neither code nor the address of a link. */
function alive(page: string): string {
  const lines: string[] = [];
  let fence: string | undefined;
  for (const line of page.split("\n")) {
    const [, ticks] = /^(`{3,})/.exec(line) ?? [];
    if (fence === undefined && ticks !== undefined) fence = ticks;
    else if (fence !== undefined && line === fence) fence = undefined;
    else if (fence === undefined) lines.push(line);
  }
  expect(fence).toBeUndefined();
  return lines
    .join("\n")
    .replace(/(?<!`)(`+)(?!`)(.*?)(?<!`)\1(?!`)/g, "")
    .replace(/\]\(<https:\/\/(?:forge|anchorwatch)\.example[^\s<>]*>\)/g, "]");
}

describe.each(EVIL_TEXTS)("a text such as %j", (evil) => {
  it("is text in Markdown", () => {
    const rest = alive(markdown(hostileMessage(evil), ROOM));
    expect(rest).not.toMatch(/[@<>!~]|evil|alert|Resolved|everyone|javascript|DATE|proto|closes|\p{Cf}/u);
  });

  it("is one line without anything that acts, wherever it stands", () => {
    const text = plainText(hostileMessage(evil), ROOM);
    expect(text.split("\n")).toHaveLength(plainText(hostileMessage("x"), ROOM).split("\n").length);
    expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
  });

  it("never becomes another link", () => {
    const { actions, drifts } = outlineOf(hostileMessage(evil));
    for (const { url } of [...actions, ...drifts.flatMap(({ links }) => links)]) {
      expect(url).toMatch(/^https:\/\/(forge\.example|anchorwatch\.example\.com)\/[^\s<>"'()[\]|`\\]*$/);
    }
    expect(actions).toHaveLength(1);
  });
});

describe("what is too long", () => {
  it("never gets longer than it may be, and is never half a character", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 3, max: 50 }), (text, most) => {
        for (const measure of [characters, bytes]) {
          const found = cut(text, most, measure);
          expect(measure(found)).toBeLessThanOrEqual(most);
          expect(found.isWellFormed()).toBe(true);
          expect(found === text || found.endsWith("…")).toBe(true);
        }
      }),
    );
  });

  it("loses whole drifts, and says how many", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 10 }),
        fc.integer({ min: 0, max: 5000 }),
        fc.integer({ min: 60, max: 1500 }),
        (sizes, others, most) => {
          const blocks = sizes.map((size, i) => ({ whole: `[${i}${"x".repeat(size)}]`, short: `[${i}]` }));
          const left = (count: number) => `(${count} more)`;
          const text = fitted({ head: "head ", blocks, left, foot: " foot", others }, most);
          expect(text.length).toBeLessThanOrEqual(most);
          const shown = text.match(/\[\d/g)?.length ?? 0;
          const missing = Number(/\((\d+) more\)/.exec(text)?.[1] ?? 0);
          expect(shown + missing).toBe(sizes.length + others);
          expect(text.endsWith(" foot")).toBe(true);
        },
      ),
    );
  });

  it("of a storm fits into every channel's limit, with what can be done", () => {
    const drifts = Array.from({ length: 10 }, (_, i) =>
      alertDrift({
        address: `aws_security_group.web[${i}]`,
        diff: Array.from({ length: 40 }, () => "+ ".padEnd(300, "y")),
      }),
    );
    const storm = alertMessage({
      drifts,
      total: 5000,
      open: 4999,
      cause: "eve, AuthorizeSecurityGroupIngress",
    });
    for (const most of [1000, 3000, 15_000, 60_000]) {
      for (const render of [plainText, markdown]) {
        const text = render(storm, most);
        expect(text.length).toBeLessThanOrEqual(most);
        expect(text).toMatch(/… and \d+ more drifts/);
        expect(text).toContain("5000, 4999 of them open");
        expect(text).toContain("https://anchorwatch.example.com/api/v1/drifts/");
      }
    }
  });
});

test("code spans and fences hold whatever backticks there are", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[`a ]{0,12}$/), (text) => {
      const span = codeSpan(text);
      const [, fence = ""] = /^(`+)/.exec(span) ?? [];
      const inner = text === "" ? "" : span.slice(fence.length, -fence.length);
      expect(inner.match(/`+/g)?.includes(fence) ?? false).toBe(false);
      const [first = "", ...lines] = codeBlock([text], "diff").split("\n");
      expect(lines).toEqual([text, first.replace("diff", ""), ""]);
      expect(text.includes(first.replace("diff", ""))).toBe(false);
    }),
  );
});
