/** The two roles, with their policies. */
import { type ConnectOptions, namesOf } from "../connectOptions.ts";
import { type HclResource, json, value } from "../documents/hcl.ts";
import { policyTree, type Statement } from "../documents/statement.ts";
import { boundaryStatements, executorPolicies, executorTrust, readTrust } from "../executorPolicies.ts";
import { feedPolicy, type NamedPolicy, readPolicies } from "../readPolicies.ts";
import { type CloudFormationResource, joined, type Part, terraformName } from "./part.ts";
import { policyLogicalId } from "./references.ts";

const BOUNDARY = "executor-boundary";
/** Of one session, in seconds. */
const SESSION_SECONDS = 3600;

export function rolesPart(options: ConnectOptions, externalId: string): Part {
  const { principal, executor } = options;
  const names = namesOf(options);
  const reads = readPolicies(options);
  const read: Role = {
    id: "read",
    name: names.readRole,
    description: "Anchorwatch compares with this what runs with what was deployed. It cannot write.",
    trust: readTrust(principal, externalId),
    policies: [...reads, feedPolicy(options)],
    foreign: [],
  };
  const parts = [...read.policies.map((policy) => policyPart(policy, options)), rolePart(read)];
  if (executor.kind === "none") return joined(parts);
  const writes = executorPolicies(options);
  const boundary: NamedPolicy = {
    id: BOUNDARY,
    description: "The most that the executor of Anchorwatch can ever be given",
    statements: boundaryStatements(options),
  };
  const executing: Role = {
    id: "executor",
    name: names.executorRole,
    description: "Anchorwatch puts back with this what a grant was given for.",
    trust: executorTrust(principal, externalId),
    policies: [...reads, ...writes],
    foreign: executor.kind === "policy" ? [executor.arn] : [],
    boundary: BOUNDARY,
  };
  return joined([
    ...parts,
    ...[...writes, boundary].map((policy) => policyPart(policy, options)),
    rolePart(executing),
  ]);
}

interface Role {
  readonly id: "read" | "executor";
  readonly name: string;
  readonly description: string;
  readonly trust: readonly Statement[];
  readonly policies: readonly NamedPolicy[];
  /** ARNs of policies that are not ours. */
  readonly foreign: readonly string[];
  /** Id of a policy. */
  readonly boundary?: string;
}

function rolePart({ id, name, description, trust, policies, foreign, boundary }: Role): Part {
  const role: HclResource = {
    type: "aws_iam_role",
    name: id,
    comment: description,
    body: {
      name: value(name),
      description: value(description),
      max_session_duration: value(SESSION_SECONDS),
      ...(boundary === undefined ? {} : { permissions_boundary: value(`\${policy.${boundary}}`) }),
      assume_role_policy: json(policyTree(trust)),
    },
  };
  const arns = [...policies.map((policy) => `\${policy.${policy.id}}`), ...foreign];
  const attached = [
    ...policies.map((policy) => [terraformName(policy.id), `\${policy.${policy.id}}`] as const),
    ...foreign.map((arn) => ["given", arn] as const),
  ];
  return {
    terraform: [
      role,
      ...attached.map(([policy, arn]) => ({
        type: "aws_iam_role_policy_attachment",
        name: `${id}_${policy}`,
        body: {
          role: { kind: "expression", text: `aws_iam_role.${id}.name` } as const,
          policy_arn: value(arn),
        },
      })),
    ],
    cloudFormation: {
      [id === "read" ? "ReadRole" : "ExecutorRole"]: {
        type: "AWS::IAM::Role",
        comment: description,
        properties: {
          RoleName: name,
          Description: description,
          MaxSessionDuration: SESSION_SECONDS,
          ...(boundary === undefined ? {} : { PermissionsBoundary: `\${policy.${boundary}}` }),
          AssumeRolePolicyDocument: policyTree(trust),
          ManagedPolicyArns: arns,
        },
      },
    },
  };
}

function policyPart({ id, description, statements }: NamedPolicy, { name }: ConnectOptions): Part {
  const document = policyTree(statements);
  const policy: HclResource = {
    type: "aws_iam_policy",
    name: terraformName(id),
    body: { name: value(`${name}-${id}`), description: value(description), policy: json(document) },
  };
  const resource: CloudFormationResource = {
    type: "AWS::IAM::ManagedPolicy",
    properties: { ManagedPolicyName: `${name}-${id}`, Description: description, PolicyDocument: document },
  };
  return { terraform: [policy], cloudFormation: { [policyLogicalId(id)]: resource } };
}
