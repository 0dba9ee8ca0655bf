import { expect, it } from "vitest";
import { parseServerConfiguration } from "./parse.ts";
import { shownConfiguration } from "./shownConfiguration.ts";

const CANARY = "canary";

async function shown(lines: string, hasDatabaseUrl = false) {
  const parsed = await parseServerConfiguration(`version: 1\n${lines}`, "anchorwatch.server.yaml", "/etc/aw");
  if (!parsed.ok) throw new TypeError(JSON.stringify(parsed.problems));
  return shownConfiguration(parsed.configuration, { stateFolder: "/home/a/state", hasDatabaseUrl });
}

it("shows all settings, with what they are where the file says nothing", async () => {
  const settings = await shown("watch: { stacks: [{ folder: infra }] }");
  expect(settings).toMatchObject({
    database: { folder: "/home/a/state/database" },
    server: { port: 7478, trustedProxies: [] },
    ledger: { folder: "/home/a/state/ledger" },
    watch: {
      workFolder: "/home/a/state/watch",
      sweepEveryMs: 600_000,
      stacks: [{ kind: "folder", path: "/etc/aw/infra" }],
    },
    access: { passwords: true, providers: [], policies: [] },
  });
  expect(JSON.parse(JSON.stringify(settings))).toEqual(settings);
  expect((await shown("", true))["database"]).toMatchObject({ variable: "DATABASE_URL" });
});

it("shows that there are secrets, and where they lie, but none of them", async () => {
  const settings = await shown(`watch:
  stacks:
    - repository: https://git.example/infra.git
      ref: main
      tokenVariable: GIT_TOKEN
      read:
        providers:
          hashicorp/aws:
            region: eu-central-1
            secret_key: ${CANARY}
            access_key: ${CANARY}
            token: ${CANARY}
            max_retries: 12345678901234567890
            assume_role: [{ role_arn: arn, session_token: ${CANARY} }]
            endpoints: [{ s3: "https://user:${CANARY}@cloud.example/?sig=${CANARY}" }]
            client_secrets: [${CANARY}]
            __proto__: x
ledger:
  place: log
  anchors:
    - webhook: https://hooks.example/${CANARY}
      secretFile: /etc/secret
`);
  const text = JSON.stringify(settings);
  expect(text).not.toContain(CANARY);
  expect(text).toContain('"__proto__":"x"');
  expect(settings).toMatchObject({
    watch: {
      stacks: [
        {
          url: "https://git.example/infra.git",
          tokenVariable: "GIT_TOKEN",
          read: {
            providerArguments: {
              "registry.terraform.io/hashicorp/aws": {
                region: "eu-central-1",
                secret_key: "(hidden)",
                max_retries: "12345678901234567890",
                assume_role: [{ role_arn: "arn", session_token: "(hidden)" }],
                endpoints: [{ s3: expect.stringMatching(/^https:\/\/…@cloud\.example\/\?…$/) }],
              },
            },
          },
        },
      ],
    },
    ledger: { anchors: [{ kind: "webhook", url: "(hidden)", secretFile: "/etc/secret" }] },
  });
});
