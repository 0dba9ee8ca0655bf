import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StackFixture } from "../reference-provider/fixtures.ts";
import { writeStack } from "../reference-provider/fixtures.ts";
import type { Stage } from "./stage.ts";

const TRUST = JSON.stringify({ Statement: [{ Effect: "Allow", Action: "sts:AssumeRole" }] });
const RELEASE = JSON.stringify({ Statement: [{ Effect: "Allow", Action: ["storage:Put*"], Resource: "*" }] });
const ANYTHING = JSON.stringify({ Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] });
const FROM_INSIDE = { direction: "in", protocol: "tcp", cidrs: ["10.0.0.0/16"] };

const NETWORK: StackFixture = {
  resources: [
    { type: "reference_network", name: "main", set: { name: "harbour", cidr: "10.0.0.0/16" } },
    {
      type: "reference_firewall",
      name: "database",
      set: {
        name: "database",
        network_id: "${reference_network.main.id}",
        rule: [{ ...FROM_INSIDE, from_port: 5432, to_port: 5432 }],
      },
    },
    {
      type: "reference_bucket",
      name: "logs",
      set: { name: "harbour-logs", versioning: [{ enabled: true }] },
    },
    { type: "reference_role", name: "deploy", set: { name: "deploy", trust_policy: TRUST } },
    {
      type: "reference_role_policy",
      name: "deploy",
      set: { role: "${reference_role.deploy.name}", name: "deploy", policy: RELEASE },
    },
    { type: "reference_topic", name: "audit", set: { name: "audit" } },
  ],
};

/** The reference provider, whose cloud is a file: for machines without Terraform, an AWS provider or moto. */
export async function referenceStage(): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), "anchorwatch-"));
  const stack = await writeStack(folder, NETWORK);
  const object = (address: string) =>
    stack.objects.get(address) as { readonly type: string; readonly id: string };
  const change = (address: string, edit: (value: Record<string, unknown>) => void) => async () =>
    stack.edit(({ resources }) => {
      const { type, id } = object(address);
      edit(resources[type]?.[id] as Record<string, unknown>);
    });
  const of = (address: string, service: string, name: string) => ({
    address,
    call: { service, name, identifiers: [object(address).id] },
  });
  return {
    name: "harbour",
    folder,
    environment: process.env,
    resources: stack.objects.size,
    changes: [
      {
        says: "opens the database to the world, to look at something quickly",
        ...of("reference_firewall.database", "firewall.reference.example", "AddRule"),
        make: change("reference_firewall.database", (firewall) => {
          const open = {
            direction: "in",
            protocol: "tcp",
            from_port: 5432,
            to_port: 5432,
            cidrs: ["0.0.0.0/0"],
          };
          firewall["rule"] = [...(firewall["rule"] as unknown[]), { description: null, ...open }];
        }),
      },
      {
        says: "suspends versioning of the logs, to save money",
        ...of("reference_bucket.logs", "bucket.reference.example", "SetVersioning"),
        make: change("reference_bucket.logs", (bucket) => {
          for (const versioning of bucket["versioning"] as { enabled: boolean }[]) versioning.enabled = false;
        }),
      },
      {
        says: "lets the deployment do everything, so that it finally works",
        ...of("reference_role_policy.deploy", "role.reference.example", "PutPolicy"),
        make: change("reference_role_policy.deploy", (policy) => {
          policy["policy"] = ANYTHING;
        }),
      },
      {
        says: "deletes the audit topic, which nobody seems to use",
        ...of("reference_topic.audit", "topic.reference.example", "DeleteTopic"),
        make: async () =>
          stack.edit(({ resources }) => {
            const { type, id } = object("reference_topic.audit");
            delete resources[type]?.[id];
          }),
      },
    ],
    close: async () => rmSync(folder, { recursive: true, force: true }),
  };
}
