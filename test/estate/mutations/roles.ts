import {
  AttachRolePolicyCommand,
  DeleteRoleCommand,
  DetachRolePolicyCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  ListRoleTagsCommand,
  PutRolePolicyCommand,
  UntagRoleCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
} from "@aws-sdk/client-iam";
import { type Estate, type Mutation, mutation, orGone } from "./mutation.ts";

const role = (name: string) => `aws_iam_role.service["${name}"]`;
const named = (name: string) => ({ RoleName: `ferry-prod-${name}` });
const READ_TICKETS = "aws_iam_policy.read_tickets";
const ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess";

const everything = (action: string) =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: action, Resource: "*" }] });

/** Changes to roles, and to what hangs on them. */
export const ROLE_MUTATIONS: readonly Mutation[] = [
  mutation({
    name: "A role gets an inline policy that nobody declared",
    apply: ({ cloud }) =>
      cloud.iam.send(
        new PutRolePolicyCommand({
          ...named("audit"),
          PolicyName: "backdoor",
          PolicyDocument: everything("iam:*"),
        }),
      ),
    observe: async ({ cloud }) =>
      (await cloud.iam.send(new ListRolePoliciesCommand(named("audit")))).PolicyNames,
    unplanned: { [role("audit")]: "inline_policy" },
  }),
  mutation({
    name: "A role gets an inline policy that is declared, by the same name, for another role",
    apply: async ({ cloud }) => {
      const declared = await cloud.iam.send(
        new GetRolePolicyCommand({ ...named("twin"), PolicyName: "read" }),
      );
      await cloud.iam.send(
        new PutRolePolicyCommand({
          ...named("ghost"),
          PolicyName: "read",
          PolicyDocument: decodeURIComponent(declared.PolicyDocument ?? ""),
        }),
      );
    },
    observe: async ({ cloud }) =>
      (await cloud.iam.send(new ListRolePoliciesCommand(named("ghost")))).PolicyNames,
    unplanned: { [role("ghost")]: "inline_policy" },
  }),
  mutation({
    name: "A role gets a second inline policy with the document of the declared one",
    apply: async ({ cloud }) => {
      const declared = await cloud.iam.send(
        new GetRolePolicyCommand({ ...named("twin"), PolicyName: "read" }),
      );
      await cloud.iam.send(
        new PutRolePolicyCommand({
          ...named("twin"),
          PolicyName: "read-again",
          PolicyDocument: decodeURIComponent(declared.PolicyDocument ?? ""),
        }),
      );
    },
    observe: async ({ cloud }) =>
      (await cloud.iam.send(new ListRolePoliciesCommand(named("twin")))).PolicyNames,
    unplanned: { [role("twin")]: "inline_policy" },
  }),
  mutation({
    name: "A declared inline policy is edited",
    apply: ({ cloud }) =>
      cloud.iam.send(
        new PutRolePolicyCommand({
          ...named("booking"),
          PolicyName: "tickets",
          PolicyDocument: everything("s3:*"),
        }),
      ),
    observe: (estate) => inlinePolicy(estate, "booking", "tickets"),
    changed: { "aws_iam_role_policy.booking": "policy" },
    mirrored: { [role("booking")]: "inline_policy" },
  }),
  mutation({
    name: "A declared inline policy is written again with other white space and other order",
    apply: ({ cloud }) =>
      cloud.iam.send(
        new PutRolePolicyCommand({
          ...named("deploy"),
          PolicyName: "deploy",
          PolicyDocument: `{"Statement":[{"Resource":"*","Action":["lambda:UpdateFunctionCode","ecr:*"],
            "Effect":"Allow"}],"Version":"2012-10-17"}`,
        }),
      ),
    observe: (estate) => inlinePolicy(estate, "deploy", "deploy"),
  }),
  mutation({
    name: "A declared attachment is detached",
    apply: ({ cloud, recorded }) =>
      cloud.iam.send(new DetachRolePolicyCommand({ ...named("reports"), PolicyArn: recorded(READ_TICKETS) })),
    observe: (estate) => attached(estate, "reports"),
    deleted: ['aws_iam_role_policy_attachment.read_tickets["reports"]'],
    mirrored: { [role("reports")]: "managed_policy_arns" },
  }),
  mutation({
    name: "A role becomes an administrator by an attachment that nobody declared",
    apply: ({ cloud }) =>
      cloud.iam.send(new AttachRolePolicyCommand({ ...named("nightly"), PolicyArn: ADMINISTRATOR })),
    observe: (estate) => attached(estate, "nightly"),
    unplanned: { [role("nightly")]: "managed_policy_arns" },
  }),
  mutation({
    name: "A policy that is declared for other roles is attached to one more",
    apply: ({ cloud, recorded }) =>
      cloud.iam.send(new AttachRolePolicyCommand({ ...named("deploy"), PolicyArn: recorded(READ_TICKETS) })),
    observe: (estate) => attached(estate, "deploy"),
    unplanned: { [role("deploy")]: "managed_policy_arns" },
  }),
  mutation({
    name: "Another account may assume a role",
    apply: ({ cloud }) =>
      cloud.iam.send(
        new UpdateAssumeRolePolicyCommand({
          ...named("support"),
          PolicyDocument: JSON.stringify({
            Version: "2012-10-17",
            Statement: [
              { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "ec2.amazonaws.com" } },
              {
                Effect: "Allow",
                Action: "sts:AssumeRole",
                Principal: { AWS: "arn:aws:iam::999988887777:root" },
              },
            ],
          }),
        }),
      ),
    observe: (estate) => trust(estate, "support"),
    changed: { [role("support")]: "assume_role_policy" },
  }),
  mutation({
    name: "A trust policy is written again with other white space and other order",
    apply: ({ cloud }) =>
      cloud.iam.send(
        new UpdateAssumeRolePolicyCommand({
          ...named("booking"),
          PolicyDocument: `{ "Statement": { "Principal": { "Service": ["lambda.amazonaws.com"] },
            "Action": ["sts:AssumeRole"], "Effect": "Allow" }, "Version": "2012-10-17" }`,
        }),
      ),
    observe: (estate) => trust(estate, "booking"),
  }),
  mutation({
    name: "Sessions of a role may last longer",
    apply: ({ cloud }) =>
      cloud.iam.send(new UpdateRoleCommand({ ...named("billing"), MaxSessionDuration: 43200 })),
    observe: async ({ cloud }) =>
      (await cloud.iam.send(new GetRoleCommand(named("billing")))).Role?.MaxSessionDuration,
    changed: { [role("billing")]: "max_session_duration" },
  }),
  mutation({
    name: "A tag of a role is removed",
    apply: ({ cloud }) => cloud.iam.send(new UntagRoleCommand({ ...named("port"), TagKeys: ["Owner"] })),
    observe: async ({ cloud }) => (await cloud.iam.send(new ListRoleTagsCommand(named("port")))).Tags,
    changed: { [role("port")]: "tags" },
  }),
  mutation({
    name: "A role is deleted",
    apply: ({ cloud }) => cloud.iam.send(new DeleteRoleCommand(named("retired"))),
    observe: ({ cloud }) =>
      orGone(cloud.iam.send(new GetRoleCommand(named("retired"))).then((got) => got.Role?.Arn)),
    deleted: [role("retired")],
  }),
];

async function inlinePolicy({ cloud }: Estate, name: string, PolicyName: string): Promise<unknown> {
  return (await cloud.iam.send(new GetRolePolicyCommand({ ...named(name), PolicyName }))).PolicyDocument;
}

async function attached({ cloud }: Estate, name: string): Promise<unknown> {
  return (await cloud.iam.send(new ListAttachedRolePoliciesCommand(named(name)))).AttachedPolicies;
}

async function trust({ cloud }: Estate, name: string): Promise<unknown> {
  return (await cloud.iam.send(new GetRoleCommand(named(name)))).Role?.AssumeRolePolicyDocument;
}
