import { PutMetricAlarmCommand } from "@aws-sdk/client-cloudwatch";
import { PutRetentionPolicyCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CreateTagsCommand, ModifySecurityGroupRulesCommand } from "@aws-sdk/client-ec2";
import { PutRolePolicyCommand, TagRoleCommand } from "@aws-sdk/client-iam";
import { PutBucketVersioningCommand } from "@aws-sdk/client-s3";
import { SetTopicAttributesCommand } from "@aws-sdk/client-sns";
import { PutParameterCommand } from "@aws-sdk/client-ssm";
import type { Deployment } from "../support/deployment.ts";

/** What Terraform reports beyond {@link CHANGED_ADDRESSES}: the group repeats the rule that is declared beside it. */
export const MIRRORED_ADDRESSES: readonly string[] = ["aws_security_group.service[0]"];

/** Addresses that {@link changeBenchmarkEstate} makes drift in a settled estate, sorted. */
export const CHANGED_ADDRESSES: readonly string[] = [
  "aws_cloudwatch_log_group.service[0]",
  "aws_cloudwatch_metric_alarm.late[0]",
  "aws_iam_role.service[0]",
  "aws_iam_role_policy.service[0]",
  "aws_s3_bucket.data[0]",
  "aws_sns_topic.news[0]",
  "aws_ssm_parameter.setting[0]",
  "aws_subnet.part[0]",
  "aws_vpc_security_group_ingress_rule.service[0]",
];

/** Nine changes behind Terraform's back, the same in an estate of every size. */
export async function changeBenchmarkEstate({ cloud, recorded }: Deployment): Promise<void> {
  const everything = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] };
  const topic = recorded("aws_sns_topic.news[0]");
  await Promise.all([
    cloud.logs.send(new PutRetentionPolicyCommand({ logGroupName: "/bench/service-0", retentionInDays: 1 })),
    cloud.alarms.send(
      new PutMetricAlarmCommand({
        AlarmName: "late-0",
        Namespace: "Bench",
        MetricName: "Late0",
        Statistic: "Maximum",
        ComparisonOperator: "GreaterThanThreshold",
        Threshold: 3000,
        Period: 60,
        EvaluationPeriods: 2,
        AlarmActions: [topic],
      }),
    ),
    cloud.iam.send(new TagRoleCommand({ RoleName: "service-0", Tags: [{ Key: "Owner", Value: "nobody" }] })),
    cloud.iam.send(
      new PutRolePolicyCommand({
        RoleName: "service-0",
        PolicyName: "inline-0",
        PolicyDocument: JSON.stringify(everything),
      }),
    ),
    cloud.s3.send(
      new PutBucketVersioningCommand({
        Bucket: "bench-data-0",
        VersioningConfiguration: { Status: "Enabled" },
      }),
    ),
    cloud.sns.send(
      new SetTopicAttributesCommand({
        TopicArn: topic,
        AttributeName: "DisplayName",
        AttributeValue: "Old news",
      }),
    ),
    cloud.ssm.send(new PutParameterCommand({ Name: "/bench/setting-0", Value: "other", Overwrite: true })),
    cloud.ec2.send(
      new CreateTagsCommand({
        Resources: [recorded("aws_subnet.part[0]")],
        Tags: [{ Key: "Name", Value: "borrowed" }],
      }),
    ),
    cloud.ec2.send(
      new ModifySecurityGroupRulesCommand({
        GroupId: recorded("aws_security_group.service[0]"),
        SecurityGroupRules: [
          {
            SecurityGroupRuleId: recorded("aws_vpc_security_group_ingress_rule.service[0]"),
            SecurityGroupRule: {
              IpProtocol: "tcp",
              FromPort: 1024,
              ToPort: 1024,
              CidrIpv4: "0.0.0.0/0",
            },
          },
        ],
      }),
    ),
  ]);
}
