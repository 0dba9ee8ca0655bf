import {
  DescribeRepositoriesCommand,
  GetLifecyclePolicyCommand,
  GetRepositoryPolicyCommand,
  PutImageTagMutabilityCommand,
  PutLifecyclePolicyCommand,
  SetRepositoryPolicyCommand,
} from "@aws-sdk/client-ecr";
import {
  GetAliasCommand,
  GetFunctionConfigurationCommand,
  GetPolicyCommand,
  RemovePermissionCommand,
  UpdateAliasCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import type { Cloud } from "../../support/cloud.ts";
import { type Mutation, mutation } from "./mutation.ts";

const CONFIRM = { FunctionName: "ferry-prod-confirm" };
const INVOICE = { FunctionName: "ferry-prod-invoice" };
const SURVEY = { FunctionName: "ferry-prod-survey" };
const BOOKING = { repositoryName: "ferry-prod/booking" };
const TIMETABLE = "ferry-prod/timetable";

/** Changes to functions and image repositories. */
export const COMPUTE_MUTATIONS: readonly Mutation[] = [
  mutation({
    name: "A function gets another password in its environment",
    apply: ({ cloud }) =>
      cloud.lambda.send(
        new UpdateFunctionConfigurationCommand({
          ...CONFIRM,
          Environment: { Variables: { STAGE: "prod", PASSWORD: "letmein-1234" } },
        }),
      ),
    observe: async ({ cloud }) => (await configuration(cloud, CONFIRM)).Environment,
    changed: { "aws_lambda_function.confirm": "environment" },
  }),
  mutation({
    name: "A function may run longer",
    apply: ({ cloud }) =>
      cloud.lambda.send(new UpdateFunctionConfigurationCommand({ ...INVOICE, Timeout: 900 })),
    observe: async ({ cloud }) => (await configuration(cloud, INVOICE)).Timeout,
    changed: { 'aws_lambda_function.office["invoice"]': "timeout" },
  }),
  mutation({
    name: "The code of a function is replaced",
    apply: ({ cloud }) =>
      cloud.lambda.send(new UpdateFunctionCodeCommand({ ...SURVEY, ZipFile: otherCode() })),
    observe: async ({ cloud }) => (await configuration(cloud, SURVEY)).CodeSha256,
    computed: { 'aws_lambda_function.office["survey"]': "code_sha256" },
    blindSpot:
      "Only code_sha256 and source_code_size move, which nobody can set: Terraform would not repair it either.",
  }),
  mutation({
    name: "A permission to call a function is removed",
    apply: ({ cloud }) =>
      cloud.lambda.send(new RemovePermissionCommand({ ...CONFIRM, StatementId: "Nightly" })),
    observe: async ({ cloud }) => (await cloud.lambda.send(new GetPolicyCommand(CONFIRM))).Policy,
    deleted: ["aws_lambda_permission.nightly"],
  }),
  mutation({
    name: "An alias of a function gets a description",
    apply: ({ cloud }) =>
      cloud.lambda.send(new UpdateAliasCommand({ ...INVOICE, Name: "live", Description: "frozen" })),
    observe: async ({ cloud }) =>
      (await cloud.lambda.send(new GetAliasCommand({ ...INVOICE, Name: "live" }))).Description,
    changed: { "aws_lambda_alias.live": "description" },
  }),
  mutation({
    name: "The tags of images may be overwritten",
    apply: ({ cloud }) =>
      cloud.ecr.send(
        new PutImageTagMutabilityCommand({ repositoryName: TIMETABLE, imageTagMutability: "MUTABLE" }),
      ),
    observe: async ({ cloud }) =>
      (await cloud.ecr.send(new DescribeRepositoriesCommand({ repositoryNames: [TIMETABLE] })))
        .repositories?.[0]?.imageTagMutability,
    changed: { 'aws_ecr_repository.image["timetable"]': "image_tag_mutability" },
  }),
  mutation({
    name: "Images are swept away earlier",
    apply: ({ cloud }) =>
      cloud.ecr.send(
        new PutLifecyclePolicyCommand({
          ...BOOKING,
          lifecyclePolicyText: JSON.stringify({
            rules: [
              {
                rulePriority: 1,
                selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: 1 },
                action: { type: "expire" },
              },
            ],
          }),
        }),
      ),
    observe: async ({ cloud }) =>
      (await cloud.ecr.send(new GetLifecyclePolicyCommand(BOOKING))).lifecyclePolicyText,
    changed: { "aws_ecr_lifecycle_policy.booking": "policy" },
  }),
  mutation({
    name: "A repository policy is written again with other white space and other order",
    apply: ({ cloud }) =>
      cloud.ecr.send(
        new SetRepositoryPolicyCommand({
          ...BOOKING,
          policyText: `{ "Statement": [ { "Sid": "Partner",
            "Action": ["ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage"],
            "Principal": { "AWS": ["arn:aws:iam::210987654321:root"] }, "Effect": "Allow" } ],
            "Version": "2012-10-17" }`,
        }),
      ),
    observe: async ({ cloud }) => (await cloud.ecr.send(new GetRepositoryPolicyCommand(BOOKING))).policyText,
  }),
];

function configuration(cloud: Cloud, name: { readonly FunctionName: string }) {
  return cloud.lambda.send(new GetFunctionConfigurationCommand(name));
}

// An empty zip file: the end-of-directory record and nothing before it.
function otherCode(): Uint8Array {
  const record = new Uint8Array(22);
  record.set([0x50, 0x4b, 0x05, 0x06]);
  return record;
}
