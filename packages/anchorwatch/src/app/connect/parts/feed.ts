/** The way of an event: a rule of EventBridge, its queue, and where what nobody could handle is put aside. */
import { type ConnectOptions, namesOf, TEST_DETAIL_TYPE, TEST_SOURCE } from "../connectOptions.ts";
import { block, json, value } from "../documents/hcl.ts";
import type { TreeMap } from "../documents/tree.ts";
import { joined, type Part } from "./part.ts";
import { queuePart } from "./queue.ts";

/** Of CloudTrail's calls those that change something; EventBridge leaves reads out by itself. Only AWS can send as `aws.…`. */
export const EVENT_PATTERN: TreeMap = {
  $or: [
    {
      source: [{ prefix: "aws." }],
      "detail-type": ["AWS API Call via CloudTrail", "AWS Service Event via CloudTrail"],
    },
    { source: [TEST_SOURCE], "detail-type": [TEST_DETAIL_TYPE] },
  ],
};

const TARGET = "queue";

export function feedPart(options: ConnectOptions): Part {
  const names = namesOf(options);
  return joined([
    queuePart(
      {
        id: "dead_letters",
        logicalId: "EventsDeadLetters",
        name: names.deadLetters,
        comment:
          "What could not be handled a thousand times, or could not be delivered. It should stay empty: set an alarm on it.",
        putsAside: false,
      },
      options,
    ),
    queuePart(
      {
        id: "events",
        logicalId: "EventsQueue",
        name: names.queue,
        comment: "Where Anchorwatch hears of changes.",
        putsAside: true,
      },
      options,
    ),
    rulePart(names.rule),
  ]);
}

function rulePart(name: string): Part {
  const comment =
    "What CloudTrail sees change in this region, within seconds. It needs a trail that records management events. IAM and other global services tell of theirs in us-east-1 alone.";
  const description = "Changes in this account, for Anchorwatch";
  return {
    terraform: [
      {
        type: "aws_cloudwatch_event_rule",
        name: "changes",
        comment,
        body: { name: value(name), description: value(description), event_pattern: json(EVENT_PATTERN) },
      },
      {
        type: "aws_cloudwatch_event_target",
        name: "changes",
        body: {
          rule: { kind: "expression", text: "aws_cloudwatch_event_rule.changes.name" },
          target_id: value(TARGET),
          arn: value("${queue.arn}"),
          dead_letter_config: block({ arn: value("${deadLetters.arn}") }),
        },
      },
    ],
    cloudFormation: {
      ChangesRule: {
        type: "AWS::Events::Rule",
        comment,
        properties: {
          Name: name,
          Description: description,
          EventPattern: EVENT_PATTERN,
          State: "ENABLED",
          Targets: [{ Id: TARGET, Arn: "${queue.arn}", DeadLetterConfig: { Arn: "${deadLetters.arn}" } }],
        },
      },
    },
  };
}
