import { describe, expect, it } from "vitest";
import { change, checkResult, driftedNetwork, queuePending, resource } from "./checkResult.fixture.ts";
import { renderMarkdown } from "./markdown.ts";

/** The page without what stands in fences and code spans: there Markdown, HTML and mentions are alive. */
function alive(markdown: string): string {
  const lines: string[] = [];
  let fence: string | undefined;
  for (const text of markdown.split("\n")) {
    const [, ticks] = /^ {0,3}(`{3,})/.exec(text) ?? [];
    if (fence === undefined && ticks !== undefined) fence = ticks;
    else if (
      fence !== undefined &&
      ticks !== undefined &&
      ticks.length >= fence.length &&
      text.trim() === ticks
    )
      fence = undefined;
    else if (fence === undefined) lines.push(text);
  }
  expect(fence).toBeUndefined();
  return lines.join("\n").replace(/(?<!`)(`+)(?!`)(.*?)(?<!`)\1(?!`)/g, "");
}

describe("the Markdown report", () => {
  it("says first whether there is drift, then shows it, and ends with coverage", () => {
    const text = renderMarkdown(driftedNetwork(), { all: false });
    expect(text).toContain("### Anchorwatch: `network`\n\n**Drift: 4 of 8 resources are not as deployed.");
    expect(text).toContain(
      "- **changed** `aws_iam_policy.deploy` · `infra/network/iam.tf:3`\n\n  ```text\n" +
        '  ~ policy → Statement[0].Action  recorded "s3:GetObject"  live "s3:*"\n  ```\n',
    );
    expect(text).toContain("- **pending** `aws_sqs_queue.jobs`: update · `infra/network/main.tf:60`");
    expect(text).toContain("- ignored `aws_autoscaling_group.app`");
    expect(text.trimEnd().split("\n").at(-1)).toMatch(/^8 resources: 1 in sync/);
  });

  it("of a stack in sync is two lines", () => {
    const text = renderMarkdown(checkResult([resource("a.b")]), { all: false });
    expect(text).toBe(
      "### Anchorwatch: `network`\n\n**No drift.**\n\n1 resource: 1 in sync · 0 unknown · 1.2 s\n\n",
    );
  });

  it("with --all lists everything", () => {
    expect(renderMarkdown(driftedNetwork(), { all: true })).toContain("- in sync `aws_vpc.main`");
  });

  it.each([
    "@everyone",
    "<img src=x onerror=alert(1)>",
    "![x](https://evil.example/pixel)",
    "```\n@everyone <b>",
    "``````````",
    "` @everyone `",
    "\n\n# Approved\n\n@everyone",
    "~~~\n@everyone",
    "    ```\n@everyone",
  ])("keeps %j in fences and code spans", (evil) => {
    const text = renderMarkdown(
      checkResult(
        [
          resource(`a.b["${evil}"]`, {
            verdict: "changed",
            source: { file: evil, line: 1 },
            changes: [
              change({ path: ["tags", evil], recorded: evil, live: "x" }),
              change({ path: ["data"], recorded: `a\n${evil}`, live: `b\n${evil}\n\`\`\`\nc` }),
            ],
          }),
          resource("a.c", { verdict: "unknown", reason: { code: "x", message: `no\n${evil}\n\`\`\`` } }),
          resource(evil, { verdict: "ignored" }),
        ],
        { stack: { name: evil, kind: "terraform", workspace: evil } },
      ),
      { all: true },
    );
    const rest = alive(text);
    for (const word of ["@everyone", "<img", "<b>", "evil.example", "Approved"])
      expect(rest).not.toContain(word);
  });

  it("of one resource too large for a comment still tells of the others, and of all by name", () => {
    const lines = Array.from({ length: 40 }, (_, i) => `${i} ${"y".repeat(290)}`).join("\n");
    const large = Array.from({ length: 20 }, (_, i) =>
      change({ path: [`p${i}`], recorded: `x\nx`, live: lines }),
    );
    const drifted = [
      resource("a.large", { verdict: "changed", changes: large }),
      resource("a.small", { verdict: "changed", changes: [change({ path: ["n"], recorded: 1, live: 2 })] }),
    ];
    const text = renderMarkdown(checkResult(drifted), { all: false });
    expect(text.length).toBeLessThan(65_536);
    expect(text).toContain("- **changed** `a.large`\n");
    expect(text).toContain("~ n  recorded 1  live 2");
    expect(text).toContain("*What changed in 1 resource does not fit here; see the full report.*");
  });

  it("says how many declared changes it leaves out", () => {
    const changes = Array.from({ length: 25 }, (_, i) => ({ path: [`p${i}`], recorded: 1, declared: 2 }));
    const pending = [{ ...queuePending(), changes }];
    expect(renderMarkdown(checkResult([], { pending }), { all: false })).toContain(
      "  ~ p19  deployed 1  code 2\n  … 5 more changes; --format json has them all\n",
    );
  });

  it("of thousands of drifts still fits into a comment, and says what it left out", () => {
    const changes = [change({ path: ["a"], recorded: "x".repeat(200), live: "y" })];
    const drifted = Array.from({ length: 3000 }, (_, i) =>
      resource(`a.b[${i}]`, { verdict: "changed", changes }),
    );
    const text = renderMarkdown(checkResult(drifted), { all: false });
    expect(text.length).toBeLessThan(65_536);
    expect(text).toMatch(/\*\d+ more resources do not fit here; see the full report\.\*/);
    expect(text).toContain("3000 resources: 0 in sync, 3000 changed");
    alive(text);
  });
});
