import {
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  GetDashboardCommand,
  PutDashboardCommand,
  PutMetricAlarmCommand,
} from "@aws-sdk/client-cloudwatch";
import {
  DeleteLogGroupCommand,
  DeleteMetricFilterCommand,
  DeleteRetentionPolicyCommand,
  DescribeLogGroupsCommand,
  DescribeMetricFiltersCommand,
  ListTagsForResourceCommand,
  PutMetricFilterCommand,
  PutRetentionPolicyCommand,
  TagResourceCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import {
  ChangeResourceRecordSetsCommand,
  GetHostedZoneCommand,
  ListResourceRecordSetsCommand,
  type ResourceRecordSet,
  UpdateHostedZoneCommentCommand,
} from "@aws-sdk/client-route-53";
import type { Cloud } from "../../support/cloud.ts";
import { type Estate, type Mutation, mutation } from "./mutation.ts";

const group = (name: string) => `aws_cloudwatch_log_group.service["${name}"]`;
const ZONE = "aws_route53_zone.inner";
const SHARED = "aws_cloudwatch_log_group.shared";
const DASHBOARD = { DashboardName: "ferry-prod-bridge" };

/** Changes to logs, alarms and the board that shows them. */
export const WATCH_MUTATIONS: readonly Mutation[] = [
  mutation({
    name: "Logs are kept for one day only",
    apply: ({ cloud }) =>
      cloud.logs.send(
        new PutRetentionPolicyCommand({ logGroupName: "/ferry/prod/booking", retentionInDays: 1 }),
      ),
    observe: ({ cloud }) => retention(cloud, "/ferry/prod/booking"),
    changed: { [group("booking")]: "retention_in_days" },
  }),
  mutation({
    name: "Logs are kept for ever",
    apply: ({ cloud }) =>
      cloud.logs.send(new DeleteRetentionPolicyCommand({ logGroupName: "/ferry/prod/timetable" })),
    observe: ({ cloud }) => retention(cloud, "/ferry/prod/timetable"),
    changed: { [group("timetable")]: "retention_in_days" },
  }),
  mutation({
    name: "A log group is deleted",
    apply: ({ cloud }) => cloud.logs.send(new DeleteLogGroupCommand({ logGroupName: "/ferry/prod/customs" })),
    observe: ({ cloud }) => retention(cloud, "/ferry/prod/customs"),
    deleted: [group("customs")],
  }),
  mutation({
    name: "A log group in another region is kept for longer",
    apply: ({ cloud }) =>
      cloud
        .inRegion("eu-west-1")
        .logs.send(
          new PutRetentionPolicyCommand({ logGroupName: "/ferry/prod/standby", retentionInDays: 365 }),
        ),
    observe: ({ cloud }) => retention(cloud.inRegion("eu-west-1"), "/ferry/prod/standby"),
    changed: { "aws_cloudwatch_log_group.standby": "retention_in_days" },
  }),
  mutation({
    name: "The cost report sets the tag that the code leaves to it",
    apply: ({ cloud, recorded }) =>
      cloud.logs.send(
        new TagResourceCommand({ resourceArn: recorded(SHARED, "arn"), tags: { CostCentre: "4711" } }),
      ),
    observe: async ({ cloud, recorded }) =>
      (await cloud.logs.send(new ListTagsForResourceCommand({ resourceArn: recorded(SHARED, "arn") }))).tags,
    ignored: { [SHARED]: "tags" },
  }),
  mutation({
    name: "A filter counts something else",
    apply: async ({ cloud }) => {
      const filter = { logGroupName: "/ferry/prod/booking", filterName: "ferry-prod-failed-logins" };
      // moto keeps the old filter beside the new one unless it is deleted first.
      await cloud.logs.send(new DeleteMetricFilterCommand(filter));
      await cloud.logs.send(
        new PutMetricFilterCommand({
          ...filter,
          filterPattern: '{ $.event = "never" }',
          metricTransformations: [{ metricName: "FailedLogins", metricNamespace: "Ferry", metricValue: "1" }],
        }),
      );
    },
    observe: async ({ cloud }) =>
      (await cloud.logs.send(new DescribeMetricFiltersCommand({ logGroupName: "/ferry/prod/booking" })))
        .metricFilters?.[0]?.filterPattern,
    changed: { "aws_cloudwatch_log_metric_filter.failed_logins": "pattern" },
  }),
  mutation({
    name: "An alarm rings later",
    apply: ({ cloud, recorded }) =>
      cloud.alarms.send(
        new PutMetricAlarmCommand({
          AlarmName: "ferry-prod-failed-logins",
          Namespace: "Ferry",
          MetricName: "FailedLogins",
          Statistic: "Sum",
          ComparisonOperator: "GreaterThanThreshold",
          Threshold: 20000,
          Period: 300,
          EvaluationPeriods: 1,
          AlarmActions: [recorded("aws_sns_topic.alerts")],
        }),
      ),
    observe: async ({ cloud }) => (await alarms(cloud)).map((alarm) => alarm.Threshold),
    changed: { "aws_cloudwatch_metric_alarm.failed_logins": "threshold" },
  }),
  mutation({
    name: "An alarm is deleted",
    apply: ({ cloud }) =>
      cloud.alarms.send(new DeleteAlarmsCommand({ AlarmNames: ["ferry-prod-late-sailings"] })),
    observe: async ({ cloud }) => (await alarms(cloud)).map((alarm) => alarm.AlarmName),
    deleted: ["aws_cloudwatch_metric_alarm.late_sailings"],
  }),
  mutation({
    name: "A dashboard is rearranged",
    apply: ({ cloud }) =>
      cloud.alarms.send(
        new PutDashboardCommand({
          ...DASHBOARD,
          DashboardBody: JSON.stringify({
            widgets: [{ type: "text", x: 0, y: 0, width: 24, height: 3, properties: { markdown: "# Mine" } }],
          }),
        }),
      ),
    observe: async ({ cloud }) => (await cloud.alarms.send(new GetDashboardCommand(DASHBOARD))).DashboardBody,
    changed: { "aws_cloudwatch_dashboard.bridge": "dashboard_body" },
  }),
];

/** Changes to names. */
export const DNS_MUTATIONS: readonly Mutation[] = [
  mutation({
    name: "A name gets one more address",
    apply: (estate) =>
      change(estate, "UPSERT", {
        Name: "booking.ferry.example",
        Type: "A",
        TTL: 300,
        ResourceRecords: ["192.0.2.10", "192.0.2.11", "203.0.113.66"].map((Value) => ({ Value })),
      }),
    observe: records,
    changed: { "aws_route53_record.booking": "records" },
  }),
  mutation({
    name: "A mail record is deleted",
    apply: (estate) =>
      change(estate, "DELETE", {
        Name: "ferry.example",
        Type: "MX",
        TTL: 3600,
        ResourceRecords: [{ Value: "10 mail.ferry.example" }],
      }),
    observe: records,
    deleted: ["aws_route53_record.mail"],
  }),
  mutation({
    name: "The comment of a zone is changed",
    apply: ({ cloud, recorded }) =>
      cloud.route53.send(new UpdateHostedZoneCommentCommand({ Id: recorded(ZONE), Comment: "old" })),
    observe: async ({ cloud, recorded }) =>
      (await cloud.route53.send(new GetHostedZoneCommand({ Id: recorded(ZONE) }))).HostedZone?.Config
        ?.Comment,
    changed: { [ZONE]: "comment" },
  }),
];

async function retention(cloud: Cloud, logGroupNamePrefix: string): Promise<unknown> {
  const groups = (await cloud.logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix }))).logGroups;
  return groups?.map((found) => found.retentionInDays ?? "for ever");
}

async function alarms(cloud: Cloud) {
  return (
    (await cloud.alarms.send(new DescribeAlarmsCommand({ AlarmNamePrefix: "ferry-prod-" }))).MetricAlarms ??
    []
  );
}

function change(
  { cloud, recorded }: Estate,
  Action: "UPSERT" | "DELETE",
  ResourceRecordSet: ResourceRecordSet,
): Promise<unknown> {
  return cloud.route53.send(
    new ChangeResourceRecordSetsCommand({
      HostedZoneId: recorded(ZONE),
      ChangeBatch: { Changes: [{ Action, ResourceRecordSet }] },
    }),
  );
}

async function records({ cloud, recorded }: Estate): Promise<unknown> {
  return (await cloud.route53.send(new ListResourceRecordSetsCommand({ HostedZoneId: recorded(ZONE) })))
    .ResourceRecordSets;
}
