/** With which identity a provider reads, as far as its configuration and environment tell without asking the cloud. */
import type { CtyObject, CtyValue } from "tfprovider";
import { isCtyObject } from "tfprovider";
import type { Environment } from "../command.ts";

const ARGUMENTS = [
  "profile",
  "region",
  "project",
  "subscription_id",
  "tenant_id",
  "impersonate_service_account",
];
const VARIABLES = ["AWS_PROFILE", "AWS_ROLE_ARN", "AWS_REGION", "GOOGLE_PROJECT", "ARM_SUBSCRIPTION_ID"];

/** One line for people: `role arn:aws:iam::1:role/reader · region eu-west-1`. Never a key. */
export function describeIdentity(config: CtyObject, environment: Environment): string {
  const parts = [
    ...assumedRoles(config["assume_role"]),
    ...ARGUMENTS.flatMap((name) =>
      typeof config[name] === "string" ? [`${words(name)} ${config[name]}`] : [],
    ),
  ];
  if (parts.length === 0)
    parts.push(...VARIABLES.flatMap((name) => (environment[name] ? [`${name}=${environment[name]}`] : [])));
  const keys = typeof config["access_key"] === "string" ? "static keys of the provider block" : undefined;
  const own = keys ?? (environment["AWS_ACCESS_KEY_ID"] ? "keys of the environment" : undefined);
  return (
    [...(own === undefined ? [] : [own]), ...parts].join(" · ") || "the default credentials of this machine"
  );
}

function assumedRoles(value: CtyValue | undefined): string[] {
  const blocks = Array.isArray(value) ? value : [value];
  return blocks.flatMap((block) => {
    const role = isCtyObject(block) ? block["role_arn"] : undefined;
    return typeof role === "string" ? [`role ${role}`] : [];
  });
}

function words(name: string): string {
  return name.replaceAll("_", " ");
}
