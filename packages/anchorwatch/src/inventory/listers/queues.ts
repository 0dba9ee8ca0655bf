/** Queues and topics, and who may get at them. */
import { GetTopicAttributesCommand, ListTopicsCommand, SNSClient } from "@aws-sdk/client-sns";
import { GetQueueAttributesCommand, ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { type Lister, pagesOf } from "../lister.ts";
import { attributesOf, policyOf } from "../shown.ts";
import { unique } from "../thing.ts";

export const sqs: Lister = {
  service: "sqs",
  types: ["aws_sqs_queue"],
  async list({ client: settings, ask, account, partition, unit }) {
    const client = new SQSClient(settings);
    let NextToken: string | undefined;
    try {
      const urls = await pagesOf(
        () =>
          ask("sqs:ListQueues", () =>
            client.send(new ListQueuesCommand({ MaxResults: 1000, ...(NextToken ? { NextToken } : {}) })),
          ),
        ({ QueueUrls }) => QueueUrls,
        (page) => {
          NextToken = page.NextToken;
          return NextToken !== undefined;
        },
      );
      return urls.map((id) => {
        const { region } = settings;
        const name = id.slice(id.lastIndexOf("/") + 1);
        const arn = `arn:${partition}:sqs:${region}:${account}:${name}`;
        return {
          ...{
            type: "aws_sqs_queue",
            id,
            arn,
            region,
            unit,
            names: [unique(arn), unique(id)],
            tags: {},
            facts: [],
          },
          attributes: { name },
          telling: ["policy"],
        };
      });
    } finally {
      client.destroy();
    }
  },
  /** The state of a queue tells of its policy. */
  async more({ client: settings, ask }, unmanaged) {
    const client = new SQSClient(settings);
    try {
      const queues = unmanaged.filter(({ type }) => type === "aws_sqs_queue");
      return await Promise.all(
        queues.map(async (queue) => {
          const told = await ask("sqs:GetQueueAttributes", () =>
            client.send(new GetQueueAttributesCommand({ QueueUrl: queue.id, AttributeNames: ["Policy"] })),
          );
          const policy = policyOf(told?.Attributes?.Policy || undefined);
          return { ...queue, attributes: { ...queue.attributes, ...attributesOf({ policy }) } };
        }),
      );
    } finally {
      client.destroy();
    }
  },
};

export const sns: Lister = {
  service: "sns",
  types: ["aws_sns_topic"],
  async list({ client: settings, ask, unit }) {
    const client = new SNSClient(settings);
    let NextToken: string | undefined;
    try {
      const topics = await pagesOf(
        () => ask("sns:ListTopics", () => client.send(new ListTopicsCommand(NextToken ? { NextToken } : {}))),
        ({ Topics }) => Topics,
        (page) => {
          NextToken = page.NextToken;
          return NextToken !== undefined && NextToken !== "";
        },
      );
      return topics.map(({ TopicArn: arn = "" }) => ({
        ...{
          type: "aws_sns_topic",
          id: arn,
          arn,
          region: settings.region,
          unit,
          names: [unique(arn)],
          tags: {},
        },
        ...{ facts: [], attributes: { name: arn.slice(arn.lastIndexOf(":") + 1) }, telling: ["policy"] },
      }));
    } finally {
      client.destroy();
    }
  },
  /** The state of a topic tells of its policy. */
  async more({ client: settings, ask }, unmanaged) {
    const client = new SNSClient(settings);
    try {
      const topics = unmanaged.filter(({ type }) => type === "aws_sns_topic");
      return await Promise.all(
        topics.map(async (topic) => {
          const told = await ask("sns:GetTopicAttributes", () =>
            client.send(new GetTopicAttributesCommand({ TopicArn: topic.id })),
          );
          const policy = policyOf(told?.Attributes?.["Policy"]);
          return { ...topic, attributes: { ...topic.attributes, ...attributesOf({ policy }) } };
        }),
      );
    } finally {
      client.destroy();
    }
  },
};
