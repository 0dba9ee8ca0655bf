/**
 * What policies can speak of, as a Cedar schema (docs.cedarpolicy.com, "Human readable schema format"), made from the tables of
 * roles and actions. Whatever has only certain names is an enumeration, so a name that was mistyped is an error and not a policy
 * that never applies.
 */
import { ACTIONS, type Action, type ResourceKind } from "../action.ts";
import type { Principal } from "../principal.ts";
import { ROLES } from "../role.ts";

export const NAMESPACE = "Anchorwatch";

export type EntityKind =
  | "User"
  | "Workload"
  | "Group"
  | "Role"
  | "Channel"
  | "Stack"
  | "Account"
  | "Installation"
  | "Action";

export const CHANNELS: readonly Principal["channel"][] = ["session", "token", "workload", "chat"];

/** There is one. */
export const INSTALLATION = "here";

export const ENTITY_OF = {
  stack: "Stack",
  account: "Account",
  installation: "Installation",
} as const satisfies Readonly<Record<ResourceKind, EntityKind>>;

export function actionNames(): readonly Action[] {
  return Object.keys(ACTIONS).filter((name): name is Action => Object.hasOwn(ACTIONS, name));
}

/** `view`: whoever does that changes nothing. Policies can name all actions of a group at once. */
export function actionGroup(action: Action): "view" | "change" {
  return action.endsWith(".view") ? "view" : "change";
}

export function entityType(kind: EntityKind): string {
  return `${NAMESPACE}::${kind}`;
}

export const CEDAR_SCHEMA = `namespace ${NAMESPACE} {
  // A role is a parent of whoever has it for the labels that are asked about.
  entity Role enum [${quoted(ROLES)}];
  // "PROVIDER:GROUP", as the identity provider said at the last sign-in.
  entity Group;
  // People by their login, in lower case.
  entity User in [Role, Group];
  // Pipelines by their name in the operator's file.
  entity Workload in [Role, Group];
  // How the request came.
  entity Channel enum [${quoted(CHANNELS)}];

  // Labels are all that is known of these two: resource.hasTag("env") && resource.getTag("env") == "prod"
  entity Stack tags String;
  entity Account tags String;
  // Everything that belongs to no stack and no account.
  entity Installation enum ["${INSTALLATION}"];

  type Context = {
    channel: Channel,
    // It was a passkey, or the identity provider says that there was a second factor.
    strong: Bool,
  };

  // Groups of the actions below: what only looks, and what changes something.
  action "view", "change";

${actionNames().map(declared).join("\n\n")}
}
`;

function declared(action: Action): string {
  const { on, means } = ACTIONS[action];
  return `  // ${means}
  action "${action}" in ["${actionGroup(action)}"] appliesTo {
    principal: [User, Workload],
    resource: ${ENTITY_OF[on]},
    context: Context,
  };`;
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(", ");
}
