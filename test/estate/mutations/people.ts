import {
  AddUserToGroupCommand,
  AttachGroupPolicyCommand,
  CreatePolicyVersionCommand,
  DeleteUserPolicyCommand,
  DetachGroupPolicyCommand,
  GetGroupCommand,
  GetGroupPolicyCommand,
  GetInstanceProfileCommand,
  GetOpenIDConnectProviderCommand,
  GetPolicyCommand,
  GetUserPolicyCommand,
  ListAttachedGroupPoliciesCommand,
  ListGroupsForUserCommand,
  ListUserPoliciesCommand,
  ListUserTagsCommand,
  PutGroupPolicyCommand,
  PutUserPolicyCommand,
  RemoveRoleFromInstanceProfileCommand,
  RemoveUserFromGroupCommand,
  TagUserCommand,
  UpdateOpenIDConnectProviderThumbprintCommand,
} from "@aws-sdk/client-iam";
import { type Mutation, mutation, orGone } from "./mutation.ts";

const READ_TICKETS = "aws_iam_policy.read_tickets";
const GUARD = "aws_iam_policy.guard";
const FORGE = "aws_iam_openid_connect_provider.forge";
const OPERATORS = { GroupName: "ferry-prod-operators" };
const AUDITORS = { GroupName: "ferry-prod-auditors" };
const everything = (action: string) =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: action, Resource: "*" }] });

/** Changes to policies, people, groups and other identities. */
export const PEOPLE_MUTATIONS: readonly Mutation[] = [
  mutation({
    name: "A managed policy gets a new version",
    apply: ({ cloud, recorded }) =>
      cloud.iam.send(
        new CreatePolicyVersionCommand({
          PolicyArn: recorded(GUARD),
          PolicyDocument: everything("iam:CreateAccessKey"),
          SetAsDefault: true,
        }),
      ),
    observe: async ({ cloud, recorded }) =>
      (await cloud.iam.send(new GetPolicyCommand({ PolicyArn: recorded(GUARD) }))).Policy?.DefaultVersionId,
    changed: { [GUARD]: "policy" },
  }),
  mutation({
    name: "An instance profile loses its role",
    apply: ({ cloud }) =>
      cloud.iam.send(
        new RemoveRoleFromInstanceProfileCommand({
          InstanceProfileName: "ferry-prod-support",
          RoleName: "ferry-prod-support",
        }),
      ),
    observe: async ({ cloud }) =>
      (await cloud.iam.send(new GetInstanceProfileCommand({ InstanceProfileName: "ferry-prod-support" })))
        .InstanceProfile?.Roles,
    changed: { "aws_iam_instance_profile.support": "role" },
  }),
  mutation({
    name: "One person leaves a group and another joins it",
    apply: async ({ cloud }) => {
      await cloud.iam.send(new RemoveUserFromGroupCommand({ ...OPERATORS, UserName: "bjarne" }));
      await cloud.iam.send(new AddUserToGroupCommand({ ...OPERATORS, UserName: "clara" }));
    },
    observe: async ({ cloud }) =>
      (await cloud.iam.send(new GetGroupCommand(OPERATORS))).Users?.map((user) => user.UserName),
    changed: { "aws_iam_group_membership.operators": "users" },
  }),
  mutation({
    name: "A person leaves a group that a membership of the person declares",
    apply: ({ cloud }) => cloud.iam.send(new RemoveUserFromGroupCommand({ ...AUDITORS, UserName: "clara" })),
    observe: async ({ cloud }) =>
      (await cloud.iam.send(new ListGroupsForUserCommand({ UserName: "clara" }))).Groups?.map(
        (got) => got.GroupName,
      ),
    changed: { "aws_iam_user_group_membership.clara": "groups" },
  }),
  mutation({
    name: "A tag of a person gets another value",
    apply: ({ cloud }) =>
      cloud.iam.send(
        new TagUserCommand({ UserName: "bjarne", Tags: [{ Key: "Team", Value: "contractors" }] }),
      ),
    observe: async ({ cloud }) =>
      (await cloud.iam.send(new ListUserTagsCommand({ UserName: "bjarne" }))).Tags,
    changed: { 'aws_iam_user.person["bjarne"]': "tags" },
  }),
  mutation({
    name: "The policy of a group is edited",
    apply: ({ cloud }) =>
      cloud.iam.send(
        new PutGroupPolicyCommand({
          ...OPERATORS,
          PolicyName: "restart",
          PolicyDocument: everything("ec2:*"),
        }),
      ),
    observe: async ({ cloud }) =>
      (await cloud.iam.send(new GetGroupPolicyCommand({ ...OPERATORS, PolicyName: "restart" })))
        .PolicyDocument,
    changed: { "aws_iam_group_policy.operators": "policy" },
  }),
  mutation({
    name: "A policy is detached from a group",
    apply: ({ cloud, recorded }) =>
      cloud.iam.send(new DetachGroupPolicyCommand({ ...AUDITORS, PolicyArn: recorded(GUARD) })),
    observe: async ({ cloud }) =>
      (await cloud.iam.send(new ListAttachedGroupPoliciesCommand(AUDITORS))).AttachedPolicies,
    deleted: ["aws_iam_group_policy_attachment.auditors"],
    computed: { [GUARD]: "attachment_count" },
  }),
  mutation({
    name: "A declared policy is attached to a group for which nobody declared it",
    apply: ({ cloud, recorded }) =>
      cloud.iam.send(new AttachGroupPolicyCommand({ ...OPERATORS, PolicyArn: recorded(READ_TICKETS) })),
    observe: async ({ cloud }) =>
      (await cloud.iam.send(new ListAttachedGroupPoliciesCommand(OPERATORS))).AttachedPolicies,
    computed: { [READ_TICKETS]: "attachment_count" },
    blindSpot: "aws_iam_group has no attribute for attachments; only a count on the policy moves.",
  }),
  mutation({
    name: "The inline policy of a person is deleted",
    apply: ({ cloud }) =>
      cloud.iam.send(new DeleteUserPolicyCommand({ UserName: "anna", PolicyName: "console" })),
    observe: ({ cloud }) =>
      orGone(
        cloud.iam
          .send(new GetUserPolicyCommand({ UserName: "anna", PolicyName: "console" }))
          .then((got) => got.PolicyDocument),
      ),
    deleted: ["aws_iam_user_policy.anna"],
  }),
  mutation({
    name: "A person gets an inline policy that nobody declared",
    apply: ({ cloud }) =>
      cloud.iam.send(
        new PutUserPolicyCommand({
          UserName: "clara",
          PolicyName: "backdoor",
          PolicyDocument: everything("*"),
        }),
      ),
    observe: async ({ cloud }) =>
      (await cloud.iam.send(new ListUserPoliciesCommand({ UserName: "clara" }))).PolicyNames,
    blindSpot:
      "aws_iam_user has no attribute for inline policies, so no read of a declared resource shows this one.",
  }),
  mutation({
    name: "An identity provider is trusted by another certificate",
    apply: ({ cloud, recorded }) =>
      cloud.iam.send(
        new UpdateOpenIDConnectProviderThumbprintCommand({
          OpenIDConnectProviderArn: recorded(FORGE),
          ThumbprintList: ["0000000000000000000000000000000000000000"],
        }),
      ),
    observe: async ({ cloud, recorded }) =>
      (
        await cloud.iam.send(
          new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: recorded(FORGE) }),
        )
      ).ThumbprintList,
    changed: { [FORGE]: "thumbprint_list" },
  }),
];
