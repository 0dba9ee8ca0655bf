import * as events from "@aws-sdk/client-eventbridge";
import * as sns from "@aws-sdk/client-sns";
import * as sqs from "@aws-sdk/client-sqs";
import type { Cloud } from "../../support/cloud.ts";
import { type Act, act } from "./act.ts";

/** SQS, SNS and EventBridge. */
export async function* messageCalls({ sqs: queues, sns: topics, events: bus }: Cloud): AsyncGenerator<Act> {
  const { QueueUrl } = await queues.send(new sqs.CreateQueueCommand({ QueueName: "jobs" }));
  yield act("sqs", "CreateQueue", QueueUrl);
  await queues.send(new sqs.SetQueueAttributesCommand({ QueueUrl, Attributes: { VisibilityTimeout: "45" } }));
  yield act("sqs", "SetQueueAttributes", QueueUrl);
  await queues.send(new sqs.TagQueueCommand({ QueueUrl, Tags: { Owner: "nobody" } }));
  yield act("sqs", "TagQueue", QueueUrl);
  const { TopicArn } = await topics.send(new sns.CreateTopicCommand({ Name: "audit" }));
  yield act("sns", "CreateTopic", TopicArn);
  const name = { AttributeName: "DisplayName", AttributeValue: "Audit" };
  await topics.send(new sns.SetTopicAttributesCommand({ TopicArn, ...name }));
  yield act("sns", "SetTopicAttributes", TopicArn);
  const Endpoint = "arn:aws:sqs:eu-central-1:123456789012:jobs";
  const { SubscriptionArn } = await topics.send(
    new sns.SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint, ReturnSubscriptionArn: true }),
  );
  yield act("sns", "Subscribe", SubscriptionArn, TopicArn, Endpoint);
  await topics.send(new sns.UnsubscribeCommand({ SubscriptionArn }));
  yield act("sns", "Unsubscribe", SubscriptionArn, TopicArn);
  const EventPattern = JSON.stringify({ source: ["aws.ec2"] });
  await bus.send(new events.PutRuleCommand({ Name: "nightly", EventPattern }));
  yield act("events", "PutRule", "nightly");
  await bus.send(new events.PutTargetsCommand({ Rule: "nightly", Targets: [{ Id: "jobs", Arn: Endpoint }] }));
  yield act("events", "PutTargets", "nightly", "jobs", Endpoint);
  await bus.send(new events.DisableRuleCommand({ Name: "nightly" }));
  yield act("events", "DisableRule", "nightly");
  await queues.send(new sqs.DeleteQueueCommand({ QueueUrl }));
  yield act("sqs", "DeleteQueue", QueueUrl);
}
