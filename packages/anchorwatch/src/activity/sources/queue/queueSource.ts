/**
 * Events from a queue of SQS. A message is acknowledged when what it told, or why it tells nothing, has been kept; until then it is
 * hidden, and when that fails it comes again.
 */
import type { S3Client } from "@aws-sdk/client-s3";
import type { SQSClient } from "@aws-sdk/client-sqs";
import type { ReadRecord } from "../../../domain/auditEvent.ts";
import { nameOf } from "../../envelope/filePlace.ts";
import { type FileLimits, recordsOfFile } from "../logFile.ts";
import { BATCH, type EventSink, type EventSource, lagOf, type SourceSurroundings } from "../source.ts";
import { problemOf, untilAborted } from "../untilAborted.ts";
import { type OpenedMessage, openMessage } from "./openMessage.ts";
import { openQueue, type Queue, type QueueMessage } from "./queue.ts";

export interface QueueSourceOptions extends SourceSurroundings {
  readonly name: string;
  readonly queueUrl: string;
  readonly sqs: SQSClient;
  /** Reads the log files that notifications name. */
  readonly s3: S3Client;
  /** How many wait for messages, and work on them, at once; 3 unless told. */
  readonly receivers?: number;
  /** How long a message is hidden at a time, while it is worked on; 60 unless told. */
  readonly visibilitySeconds?: number;
  /** When a message that failed comes again; unless told 2, 4, 8 … 900 s after it was received so often. */
  readonly secondsUntilRetry?: (receives: number) => number;
  readonly limits?: FileLimits;
}

const RECEIVERS = 3;
const VISIBILITY_SECONDS = 60;
const LONGEST_RETRY_SECONDS = 900;
/** A message that failed so often is worked on apart from others: what is wrong with it must not hold them up. */
const OFTEN = 3;

export function queueSource(options: QueueSourceOptions): EventSource {
  const { receivers = RECEIVERS, visibilitySeconds = VISIBILITY_SECONDS } = options;
  const queue = openQueue(options.sqs, options.queueUrl, visibilitySeconds);
  return {
    name: options.name,
    run: async (signal, sink) => {
      const work = { ...options, queue, signal, sink, hideEveryMs: (visibilitySeconds * 1000) / 2 };
      await Promise.all(
        Array.from({ length: receivers }, () => untilAborted(signal, options, () => receiveOnce(work))),
      );
    },
  };
}

interface Work extends QueueSourceOptions {
  readonly queue: Queue;
  readonly signal: AbortSignal;
  readonly sink: EventSink;
  readonly hideEveryMs: number;
}

async function receiveOnce(work: Work): Promise<void> {
  const messages = await work.queue.receive(work.signal);
  if (messages.length === 0) return work.onBeat({ at: work.now() });
  const pending = new Set(messages);
  const done = new AbortController();
  const hidden = keepHidden(work, pending, done.signal);
  try {
    await handleAll(work, messages, pending);
  } finally {
    done.abort();
    await hidden;
    await giveBack(work, [...pending]);
  }
}

/** The first problem is thrown when everything else has had its turn. What was acknowledged is no longer `pending`. */
async function handleAll(
  work: Work,
  messages: readonly QueueMessage[],
  pending: Set<QueueMessage>,
): Promise<void> {
  const problems: unknown[] = [];
  for (const group of groups(messages, work.name)) {
    try {
      await handle(work, group);
      await work.queue.acknowledge(group.messages);
      for (const message of group.messages) pending.delete(message);
    } catch (error) {
      problems.push(error);
    }
  }
  if (problems.length > 0) throw problems[0];
}

interface Group extends OpenedMessage {
  readonly messages: readonly QueueMessage[];
}

/** Messages with nothing but records go together; one that names files, or has failed before, goes alone. */
function groups(messages: readonly QueueMessage[], source: string): readonly Group[] {
  const opened = messages.map((message) => ({ messages: [message], ...openMessage(message.body, source) }));
  const isPlain = ({ files, messages: [message] }: Group) =>
    files.length === 0 && (message?.receives ?? 0) <= OFTEN;
  const plain = opened.filter(isPlain);
  const together: Group = {
    messages: plain.flatMap((group) => group.messages),
    records: plain.flatMap((group) => group.records),
    files: [],
  };
  return [...(plain.length === 0 ? [] : [together]), ...opened.filter((group) => !isPlain(group))];
}

async function handle(work: Work, { messages, records, files }: Group): Promise<void> {
  const from = messages.length === 1 ? `message ${messages[0]?.id}` : `${messages.length} messages`;
  for (let start = 0; start < records.length; start += BATCH) {
    await give(work, records.slice(start, start + BATCH), from);
  }
  for (const file of files) {
    for await (const batch of recordsOfFile(work.s3, file, work.name, work.signal, work.limits)) {
      work.signal.throwIfAborted();
      await give(work, batch, nameOf(file));
    }
  }
  if (records.length === 0 && files.length === 0) work.onBeat({ at: work.now() });
}

async function give(work: Work, batch: readonly ReadRecord[], from: string): Promise<void> {
  const receivedAt = work.now();
  await work.sink(batch, { source: work.name, receivedAt, from });
  work.onBeat({ at: work.now(), ...lagOf(batch, receivedAt) });
}

/** While they are worked on, nobody else gets them. */
async function keepHidden(work: Work, pending: ReadonlySet<QueueMessage>, done: AbortSignal): Promise<void> {
  const { visibilitySeconds = VISIBILITY_SECONDS } = work;
  while (!done.aborted) {
    await work.sleep(work.hideEveryMs, done);
    if (done.aborted) return;
    await tell(work, () => work.queue.hide([...pending], () => visibilitySeconds));
  }
}

async function giveBack(work: Work, messages: readonly QueueMessage[]): Promise<void> {
  const { secondsUntilRetry = retryDelay } = work;
  const seconds = ({ receives }: QueueMessage) => (work.signal.aborted ? 0 : secondsUntilRetry(receives));
  await tell(work, () => work.queue.hide(messages, seconds));
}

function retryDelay(receives: number): number {
  return Math.min(LONGEST_RETRY_SECONDS, 2 ** Math.min(receives, 10));
}

/** Failing here loses nothing: the messages come again when their time is over. */
async function tell(work: Work, request: () => Promise<void>): Promise<void> {
  try {
    await request();
  } catch (error) {
    work.onBeat({ at: work.now(), problem: problemOf(error) });
  }
}
