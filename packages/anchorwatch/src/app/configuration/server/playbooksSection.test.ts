import { expect, it } from "vitest";
import { formatProblem } from "../problems.ts";
import { parseServerConfiguration } from "./parse.ts";

const CHANNELS = `version: 1
channels:
  - { name: oncall, pagerduty: { routingKeyFile: key } }
  - { name: automation, webhook: { url: "https://automation.example.com", secretFile: key } }
`;

async function read(lines: string) {
  const parsed = await parseServerConfiguration(`${CHANNELS}${lines}`, "server.yaml", "/etc/aw");
  return parsed.ok
    ? { playbooks: parsed.configuration.playbooks, problems: "" }
    : { playbooks: undefined, problems: parsed.problems.map(formatProblem).join("\n") };
}

it("has its steps in order, with what is usual where nothing is said", async () => {
  const { playbooks, problems } = await read(`playbooks:
  - name: exposed
    on: [opened, opened]
    severity: high
    when: resource.type.startsWith("aws_")
    steps:
      - confirm: {}
      - freeze: { for: 24h, reason: wait }
      - { page: { channels: [oncall] }, timeout: 2m, onFailure: stop }
      - webhook: { channel: automation }`);
  expect(problems).toBe("");
  expect(playbooks).toMatchObject([
    {
      ...{ name: "exposed", on: ["opened"], when: { severity: "high", holds: expect.any(Function) } },
      steps: [
        { kind: "confirm", timeoutMs: 300_000, onFailure: "continue" },
        { kind: "freeze", forMs: 86_400_000, reason: "wait" },
        { kind: "page", channels: ["oncall"], timeoutMs: 120_000, onFailure: "stop" },
        { kind: "webhook", timeoutMs: 900_000, onFailure: "stop" },
      ],
    },
  ]);
});

const one = (step: string, more = "") => `playbooks: [{ name: a, on: [opened]${more}, steps: [${step}] }]`;

it.each([
  [one("{}"), /server\.yaml:5:\d+.*steps\[0\].*expected one of notify, page/],
  [one("{ confirm: {}, snapshot: {} }"), /server\.yaml:5:\d+.*steps\[0\]/],
  [one("{ launch: {} }"), /server\.yaml:5:\d+.*launch/],
  [one("{ page: { channels: [nobody] } }"), /server\.yaml:5:\d+.*no channel “nobody”/],
  [
    one("{ page: { channels: [automation] } }"),
    /of the kind webhook, which does not fit a step page.*pagerduty, opsgenie/s,
  ],
  [one("{ webhook: { channel: oncall } }"), /of the kind pagerduty, which does not fit a step webhook/],
  [one("{ webhook: { channel: oncal } }"), /Did you mean oncall\?/],
  [one("{ page: { channels: [] } }"), /channels/],
  [one("{ freeze: { for: 24h } }"), /reason/],
  [one("{ freeze: { for: soon, reason: r } }"), /server\.yaml:5:\d+.*freeze\.for/],
  [one("{ confirm: {}, timeout: 25h }"), /25h is too long for a step.*At most 24h/s],
  [one("{ confirm: {}, onFailure: panic }"), /onFailure/],
  [one("{ confirm: {} }", ", when: 'resource.tpye == 1'"), /server\.yaml:5:\d+.*when.*tpye/],
  [one("{ confirm: {} }", ", when: 'stack.name'"), /when.*bool/],
  [one("{ confirm: {} }", ", when: 'resource.type =='"), /when/],
  [one("{ confirm: {} }", ", severity: awful"), /severity/],
  [one("{ confirm: {} }", ", labels: { env: [] }"), /labels/],
  ["playbooks: [{ name: a, on: [closed], steps: [{ confirm: {} }] }]", /on\[0\]/],
  ["playbooks: [{ name: a, on: [opened], steps: [] }]", /steps/],
  [
    "playbooks:\n  - { name: a, on: [opened], steps: [{ confirm: {} }] }\n  - { name: a, on: [opened], steps: [{ confirm: {} }] }",
    /server\.yaml:7:\d+.*“a” is already taken in line 6/,
  ],
])("says where %s is wrong, and what was expected", async (line, problem) => {
  expect((await read(line)).problems).toMatch(problem);
});
