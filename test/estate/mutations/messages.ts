import {
  DescribeRuleCommand,
  DisableRuleCommand,
  ListTargetsByRuleCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from "@aws-sdk/client-eventbridge";
import {
  DeleteTopicCommand,
  GetSubscriptionAttributesCommand,
  GetTopicAttributesCommand,
  SetSubscriptionAttributesCommand,
  SetTopicAttributesCommand,
} from "@aws-sdk/client-sns";
import type { Cloud } from "../../support/cloud.ts";
import { type Mutation, mutation, orGone } from "./mutation.ts";

const SUBSCRIPTION = "aws_sns_topic_subscription.bookings_to_function";
const NIGHTLY = "ferry-prod-nightly";
const LOGINS = "ferry-prod-logins";

/** Changes to topics, subscriptions and event rules, in two regions. */
export const MESSAGE_MUTATIONS: readonly Mutation[] = [
  mutation({
    name: "A topic is deleted",
    apply: ({ cloud, recorded }) =>
      cloud.sns.send(new DeleteTopicCommand({ TopicArn: recorded("aws_sns_topic.audit") })),
    observe: ({ cloud, recorded }) => orGone(topic(cloud, recorded("aws_sns_topic.audit"))),
    deleted: ["aws_sns_topic.audit"],
  }),
  mutation({
    name: "A topic is renamed for its readers",
    apply: ({ cloud, recorded }) => rename(cloud, recorded("aws_sns_topic.bookings"), "Do not use"),
    observe: ({ cloud, recorded }) => topic(cloud, recorded("aws_sns_topic.bookings")),
    changed: { "aws_sns_topic.bookings": "display_name" },
  }),
  mutation({
    name: "A topic in another region is renamed for its readers",
    apply: ({ cloud, recorded }) =>
      rename(cloud.inRegion("eu-west-1"), recorded("aws_sns_topic.standby"), "Do not use"),
    observe: ({ cloud, recorded }) => topic(cloud.inRegion("eu-west-1"), recorded("aws_sns_topic.standby")),
    changed: { "aws_sns_topic.standby": "display_name" },
  }),
  mutation({
    name: "Everybody may publish to a topic whose policy is declared",
    apply: ({ cloud, recorded }) => {
      const TopicArn = recorded("aws_sns_topic.alerts");
      const statement = {
        Sid: "Open",
        Effect: "Allow",
        Principal: "*",
        Action: "sns:Publish",
        Resource: TopicArn,
      };
      return cloud.sns.send(
        new SetTopicAttributesCommand({
          TopicArn,
          AttributeName: "Policy",
          AttributeValue: JSON.stringify({ Version: "2012-10-17", Statement: [statement] }),
        }),
      );
    },
    observe: ({ cloud, recorded }) => topic(cloud, recorded("aws_sns_topic.alerts")),
    changed: { "aws_sns_topic_policy.alerts": "policy" },
    mirrored: { "aws_sns_topic.alerts": "policy" },
  }),
  mutation({
    name: "A subscription hears of fewer harbours",
    apply: ({ cloud, recorded }) =>
      cloud.sns.send(
        new SetSubscriptionAttributesCommand({
          SubscriptionArn: recorded(SUBSCRIPTION),
          AttributeName: "FilterPolicy",
          AttributeValue: '{"harbour":["kiel"]}',
        }),
      ),
    observe: async ({ cloud, recorded }) =>
      (
        await cloud.sns.send(
          new GetSubscriptionAttributesCommand({ SubscriptionArn: recorded(SUBSCRIPTION) }),
        )
      ).Attributes,
    changed: { [SUBSCRIPTION]: "filter_policy" },
  }),
  mutation({
    name: "A scheduled rule is disabled",
    apply: ({ cloud }) => cloud.events.send(new DisableRuleCommand({ Name: NIGHTLY })),
    observe: async ({ cloud }) => (await cloud.events.send(new DescribeRuleCommand({ Name: NIGHTLY }))).State,
    unplanned: { "aws_cloudwatch_event_rule.nightly": "state" },
  }),
  mutation({
    name: "The pattern of an event rule is edited",
    apply: ({ cloud }) =>
      cloud.events.send(new PutRuleCommand({ Name: LOGINS, EventPattern: '{"source":["aws.health"]}' })),
    observe: async ({ cloud }) =>
      (await cloud.events.send(new DescribeRuleCommand({ Name: LOGINS }))).EventPattern,
    changed: { "aws_cloudwatch_event_rule.logins": "event_pattern" },
  }),
  mutation({
    name: "The target of a rule gets another input",
    apply: ({ cloud, recorded }) =>
      cloud.events.send(
        new PutTargetsCommand({
          Rule: NIGHTLY,
          Targets: [
            { Id: "confirm", Arn: recorded("aws_lambda_function.confirm", "arn"), Input: '{"task":"skip"}' },
          ],
        }),
      ),
    observe: ({ cloud }) => targets(cloud, NIGHTLY),
    changed: { "aws_cloudwatch_event_target.nightly": "input" },
  }),
  mutation({
    name: "The target of a rule is removed",
    apply: ({ cloud }) => cloud.events.send(new RemoveTargetsCommand({ Rule: LOGINS, Ids: ["alerts"] })),
    observe: ({ cloud }) => targets(cloud, LOGINS),
    deleted: ["aws_cloudwatch_event_target.logins"],
  }),
  mutation({
    name: "A rule gets a second target that nobody declared",
    apply: ({ cloud, recorded }) =>
      cloud.events.send(
        new PutTargetsCommand({
          Rule: LOGINS,
          Targets: [{ Id: "stranger", Arn: recorded("aws_lambda_function.confirm", "arn") }],
        }),
      ),
    observe: ({ cloud }) => targets(cloud, LOGINS),
    blindSpot:
      "aws_cloudwatch_event_rule has no attribute for targets, so no read of a declared resource shows this one.",
  }),
];

async function topic(cloud: Cloud, TopicArn: string): Promise<unknown> {
  return (await cloud.sns.send(new GetTopicAttributesCommand({ TopicArn }))).Attributes;
}

function rename(cloud: Cloud, TopicArn: string, AttributeValue: string): Promise<unknown> {
  return cloud.sns.send(
    new SetTopicAttributesCommand({ TopicArn, AttributeName: "DisplayName", AttributeValue }),
  );
}

async function targets(cloud: Cloud, Rule: string): Promise<unknown> {
  return (await cloud.events.send(new ListTargetsByRuleCommand({ Rule }))).Targets;
}
