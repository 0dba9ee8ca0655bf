/** A queue into which one rule of EventBridge may send, and nobody else. */
import type { ConnectOptions } from "../connectOptions.ts";
import { block, json, value } from "../documents/hcl.ts";
import { policyTree, type Statement } from "../documents/statement.ts";
import type { Part } from "./part.ts";

export interface QueuePart {
  /** `events`, in Terraform. */
  readonly id: string;
  /** `EventsQueue`. */
  readonly logicalId: string;
  readonly name: string;
  readonly comment: string;
  /** Whether messages that nobody could handle are put aside, into the queue of dead letters. */
  readonly putsAside: boolean;
}

/** The longest that SQS keeps a message: two weeks, in seconds. */
const RETENTION_SECONDS = 1_209_600;
const VISIBILITY_SECONDS = 60;
/** The most that SQS counts to: during an outage a message comes again up to four times an hour. */
const RECEIVES = 1000;

export function queuePart(queue: QueuePart, options: ConnectOptions): Part {
  const { id, logicalId, name, comment, putsAside } = queue;
  const { region, account, partition } = options;
  const arn = `arn:${partition}:sqs:${region}:${account}:${name}`;
  const redrive = { deadLetterTargetArn: "${deadLetters.arn}", maxReceiveCount: RECEIVES };
  const policy = policyTree(statements(arn));
  return {
    terraform: [
      {
        type: "aws_sqs_queue",
        name: id,
        comment,
        body: {
          name: value(name),
          message_retention_seconds: value(RETENTION_SECONDS),
          visibility_timeout_seconds: value(VISIBILITY_SECONDS),
          sqs_managed_sse_enabled: value(true),
          ...(putsAside ? { redrive_policy: json(redrive) } : {}),
          policy: json(policy),
          lifecycle: block({
            postcondition: block({
              condition: { kind: "expression", text: `self.arn == ${JSON.stringify(arn)}` },
              error_message: value(
                `This connection was written for the region ${region} of the account ${account}.`,
              ),
            }),
          }),
        },
      },
    ],
    cloudFormation: {
      [logicalId]: {
        type: "AWS::SQS::Queue",
        comment,
        properties: {
          QueueName: name,
          MessageRetentionPeriod: RETENTION_SECONDS,
          VisibilityTimeout: VISIBILITY_SECONDS,
          SqsManagedSseEnabled: true,
          ...(putsAside ? { RedrivePolicy: redrive } : {}),
        },
      },
      [`${logicalId}Policy`]: {
        type: "AWS::SQS::QueuePolicy",
        properties: { Queues: [`\${${id}.url}`], PolicyDocument: policy },
      },
    },
  };
}

function statements(arn: string): readonly Statement[] {
  return [
    {
      sid: "OnlyTheRule",
      effect: "Allow",
      principal: { Service: "events.amazonaws.com" },
      actions: ["sqs:SendMessage"],
      resources: [arn],
      condition: { ArnEquals: { "aws:SourceArn": "${rule.arn}" } },
      why: "Only this rule may send: whoever else could would make Anchorwatch look at what never changed.",
      without: "no message gets into the queue",
    },
    {
      sid: "OnlyEncrypted",
      effect: "Deny",
      principal: "*",
      actions: ["sqs:*"],
      resources: [arn],
      condition: { Bool: { "aws:SecureTransport": "false" } },
      why: "Nothing goes over the wire in the clear.",
      without: "it might",
    },
  ];
}
