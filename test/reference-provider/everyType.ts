/** A stack with every resource type and nearly every feature of their schemas. */
import type { StackFixture } from "./fixtures.ts";

const TRUST = JSON.stringify({ Statement: [{ Action: "sts:AssumeRole", Effect: "Allow" }] });
const READ = JSON.stringify({ Statement: [{ Action: ["storage:Get*"], Effect: "Allow", Resource: "*" }] });
const RULE = { direction: "in", protocol: "tcp", cidrs: ["10.0.0.0/8", "192.168.0.0/16"] };

export const everyType: StackFixture = {
  provider: { region: "eu-2", default_tags: { team: "platform" } },
  resources: [
    {
      type: "reference_network",
      name: "main",
      set: { name: "main", cidr: "10.0.0.0/16", tags: { env: "prod" } },
    },
    {
      type: "reference_firewall",
      name: "web",
      set: {
        name: "web",
        network_id: "${reference_network.main.id}",
        rule: [
          { ...RULE, from_port: 443, to_port: 443, description: "https" },
          { direction: "out", protocol: "all", from_port: 0, to_port: 65535 },
        ],
      },
    },
    {
      type: "reference_firewall_rule",
      name: "ssh",
      set: { firewall_id: "${reference_firewall.web.id}", ...RULE, from_port: 22, to_port: 22 },
    },
    { type: "reference_role", name: "app", set: { name: "app", trust_policy: TRUST } },
    {
      type: "reference_role_policy",
      name: "read",
      set: { role: "${reference_role.app.name}", name: "read", policy: READ },
    },
    {
      type: "reference_role_attachment",
      name: "audit",
      set: {
        role: "${reference_role.app.name}",
        policy_arn: "arn:reference:iam:eu-2:000000000000:policy/audit",
      },
    },
    {
      type: "reference_bucket",
      name: "logs",
      set: { name: "logs", acl: "private", versioning: [{ enabled: true }] },
    },
    {
      type: "reference_bucket_policy",
      name: "logs",
      set: { bucket: "${reference_bucket.logs.name}", policy: READ },
    },
    { type: "reference_topic", name: "alarms", set: { name: "alarms", display_name: "Alarms" } },
    {
      type: "reference_database",
      name: "main",
      set: {
        identifier: "main",
        engine: "postgres",
        username: "admin",
        password: "planted-password",
        password_wo: "planted-write-only",
        password_wo_version: 1,
        storage_class: "SSD",
        size: "12345678901234567890123.1",
        settings: { secret_key: "planted-key", parameters: { a: "b" }, limits: { cpu: 0.1 } },
        backups: [{ name: "daily" }, { name: "weekly", keep_days: 30 }],
        windows: [{ day: "tue", hour: 5 }, { day: "mon" }],
        endpoints: { write: { port: 5433, protocol: "udp" }, read: { port: 5432 } },
        replica: [{ zone: "a" }, { zone: "b", size: 3 }],
        timeouts: { create: "5m" },
        tags: {},
      },
    },
    {
      type: "reference_object",
      name: "data",
      set: {
        name: "data",
        content: {
          type: ["object", { list: ["tuple", ["number", "string", "bool"]], none: "dynamic" }],
          value: { list: [1, "x", true], none: null },
        },
        document: '{"a":1}',
        class: "Standard",
        labels: { "a.b": "c" },
        matrix: [[1, 2.5], [3]],
        pair: ["x", 1],
        parts: [{ name: "p", sizes: [3, 1] }],
        ratio: 0.3,
        secrets: { k: "planted-secret" },
        part: { x: { size: 1 } },
      },
    },
    {
      type: "reference_load",
      name: "item",
      set: { name: "item", zones: ["b", "a"], disk: [{ name: "root" }] },
    },
  ],
};
