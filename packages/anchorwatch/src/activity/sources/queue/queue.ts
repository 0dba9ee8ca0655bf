/** The calls to SQS, in the words of the source. */
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { AnchorwatchError } from "../../../domain/errors.ts";
import { awsProblem, QUEUE } from "../awsProblem.ts";

export interface QueueMessage {
  readonly id: string;
  readonly body: string;
  /** What it is acknowledged by. */
  readonly receipt: string;
  /** How often it was received, this time too. */
  readonly receives: number;
}

export interface Queue {
  /** Waits for messages, up to 20 s; up to ten. They are hidden from others for the visibility timeout. */
  receive(signal: AbortSignal): Promise<readonly QueueMessage[]>;
  acknowledge(messages: readonly QueueMessage[]): Promise<void>;
  /** From now on so many seconds; with 0 they come again at once. */
  hide(messages: readonly QueueMessage[], seconds: (message: QueueMessage) => number): Promise<void>;
}

const LONG_POLL_SECONDS = 20;
const MOST_MESSAGES = 10;
/** It was acknowledged meanwhile, or its time ran out and another has it. */
const IS_GONE = /MessageNotInflight|ReceiptHandleIsInvalid|InvalidParameterValue/;

export function openQueue(client: SQSClient, QueueUrl: string, visibilitySeconds: number): Queue {
  const ask = async <Answer>(permission: string, request: () => Promise<Answer>) => {
    try {
      return await request();
    } catch (error) {
      throw awsProblem(error, { what: `The queue ${QueueUrl}`, permission: `${permission} on it` }, QUEUE);
    }
  };
  return {
    receive: async (abortSignal) => {
      const command = new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: MOST_MESSAGES,
        WaitTimeSeconds: LONG_POLL_SECONDS,
        VisibilityTimeout: visibilitySeconds,
        MessageSystemAttributeNames: ["ApproximateReceiveCount"],
      });
      const { Messages = [] } = await ask("sqs:ReceiveMessage", () => client.send(command, { abortSignal }));
      return Messages.map(readMessage);
    },
    acknowledge: async (messages) => {
      const Entries = messages.map((message, at) => ({ Id: String(at), ReceiptHandle: message.receipt }));
      if (Entries.length === 0) return;
      const command = new DeleteMessageBatchCommand({ QueueUrl, Entries });
      const { Failed = [] } = await ask("sqs:DeleteMessage", () => client.send(command));
      if (Failed.length > 0) throw notAll(QueueUrl, "acknowledged", Failed[0]?.Message ?? Failed[0]?.Code);
    },
    hide: async (messages, seconds) => {
      const Entries = messages.map((message, at) => ({
        Id: String(at),
        ReceiptHandle: message.receipt,
        VisibilityTimeout: seconds(message),
      }));
      if (Entries.length === 0) return;
      const command = new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries });
      const { Failed = [] } = await ask("sqs:ChangeMessageVisibility", () => client.send(command));
      const wrong = Failed.find(({ Code = "" }) => !IS_GONE.test(Code));
      if (wrong !== undefined) throw notAll(QueueUrl, "kept", wrong.Message ?? wrong.Code);
    },
  };
}

function readMessage({
  MessageId = "",
  Body = "",
  ReceiptHandle = "",
  Attributes = {},
}: Message): QueueMessage {
  return {
    id: MessageId,
    body: Body,
    receipt: ReceiptHandle,
    receives: Number(Attributes["ApproximateReceiveCount"] ?? 1),
  };
}

/** They come again, and what they told is known then. */
function notAll(url: string, what: string, why = "no reason was given"): AnchorwatchError {
  return new AnchorwatchError(
    "event_queue_unreachable",
    `Some messages of ${url} could not be ${what}: ${why}`,
    {
      hint: "They come again; nothing is lost or counted twice.",
    },
  );
}
