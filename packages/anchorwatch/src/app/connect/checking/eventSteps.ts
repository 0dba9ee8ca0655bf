/** The way of an event: rule, queue, and one event that goes through both. */
import { z } from "zod";
import { isForeign, queueUrl, TEST_DETAIL_TYPE, TEST_SOURCE } from "../connectOptions.ts";
import { EVENT_PATTERN } from "../parts/feed.ts";
import type { RoleCalls } from "./calls.ts";
import { type CheckContext, type ConnectStep, readSession } from "./context.ts";
import { isRefusal, reasonOf } from "./refusal.ts";
import { APPLY, failed, notYet, type Outcome, ok } from "./step.ts";

export const eventSteps: readonly ConnectStep[] = [
  {
    id: "queue",
    title: "queue",
    expected: "it is encrypted, puts aside what fails, and takes messages from the rule alone",
    needs: ["read_role"],
    todo: `${APPLY}: the queue is missing, or its read permissions are.`,
    run: async (context) => {
      const { options, names } = context;
      const attributes = await readSession(context).queue(queueUrl(options));
      const { partition, region, account } = options;
      const rule = `arn:${partition}:events:${region}:${account}:rule/${names.rule}`;
      const wrong = queueFault(attributes, rule);
      return wrong === undefined ? ok(queueUrl(options)) : failed(wrong, `${APPLY}.`);
    },
  },
  {
    id: "rule",
    title: "rule",
    expected: "it is on, and lets pass what Anchorwatch reads",
    needs: ["read_role"],
    todo: `${APPLY}: the rule is missing.`,
    run: async (context) => {
      const { names } = context;
      const { state, pattern } = await readSession(context).rule(names.rule);
      if (state !== "ENABLED")
        return failed(`${names.rule} is ${state}`, `aws events enable-rule --name ${names.rule}`);
      if (!samePattern(pattern))
        return failed(`its pattern is another one: ${pattern.slice(0, 200)}`, `${APPLY}.`);
      return ok(`${names.rule} is on`);
    },
  },
  {
    id: "target",
    title: "target",
    expected: "the rule leads to the queue",
    needs: ["rule"],
    todo: `${APPLY}.`,
    run: async (context) => {
      const { options, names } = context;
      const arn = `arn:${options.partition}:sqs:${options.region}:${options.account}:${names.queue}`;
      const targets = await readSession(context).targets(names.rule);
      if (targets.includes(arn)) return ok(arn);
      const found = targets.length === 0 ? "it has no target" : `it leads to ${targets.join(", ")}`;
      return failed(found, `${APPLY}: ${arn} has to be a target of ${names.rule}.`);
    },
  },
  {
    id: "event",
    title: "test event",
    expected: "an event on the bus arrives in the queue",
    needs: ["queue", "target"],
    todo: `${APPLY}, and attach principal-policy.json to whoever runs Anchorwatch.`,
    run: sendTestEvent,
  },
];

/** What is wrong with the queue, in words. */
function queueFault(attributes: Readonly<Record<string, string>>, rule: string): string | undefined {
  const isEncrypted =
    attributes["SqsManagedSseEnabled"] === "true" || (attributes["KmsMasterKeyId"] ?? "") !== "";
  if (!isEncrypted) return "it is not encrypted";
  if ((attributes["RedrivePolicy"] ?? "") === "") return "it has no dead-letter queue";
  const senders = sendersOf(attributes["Policy"] ?? "");
  if (senders === undefined || senders.length === 0) return "its policy lets nobody send";
  const other = senders.find((sender) => sender !== rule);
  return other === undefined ? undefined : `its policy lets ${other} send`;
}

const queuePolicy = z.object({
  Statement: z.array(
    z.looseObject({
      Effect: z.string(),
      Principal: z.unknown(),
      Condition: z.object({ ArnEquals: z.object({ "aws:SourceArn": z.string() }).optional() }).optional(),
    }),
  ),
});

/** The rules that may send; who may without a rule, by his name. */
function sendersOf(policy: string): readonly string[] | undefined {
  const parsed = queuePolicy.safeParse(jsonOf(policy));
  if (!parsed.success) return undefined;
  return parsed.data.Statement.filter(({ Effect }) => Effect === "Allow").map(
    ({ Principal, Condition }) => Condition?.ArnEquals?.["aws:SourceArn"] ?? JSON.stringify(Principal),
  );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Whoever reads it says what is missing.
  }
}

function samePattern(pattern: string): boolean {
  return JSON.stringify(sorted(jsonOf(pattern))) === JSON.stringify(sorted(EVENT_PATTERN));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).map(([name, item]) => [name, sorted(item)] as const);
  return Object.fromEntries(members.sort(([a], [b]) => (a < b ? -1 : 1)));
}

const MOST_SECONDS = 10;

async function sendTestEvent(context: CheckContext): Promise<Outcome> {
  const { calls, newId, now, waitMs, options } = context;
  if (isForeign(options)) {
    return notYet(
      "not tried: the principal lives in another account, and may send nothing onto this one's bus",
      "Change something small in the account, such as a tag, and see whether “anchorwatch serve” tells of it.",
    );
  }
  const token = newId();
  const sentAt = now().getTime();
  try {
    await calls.putEvent({
      source: TEST_SOURCE,
      detailType: TEST_DETAIL_TYPE,
      detail: JSON.stringify({ token }),
    });
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return failed(
      `the principal may send no test event: ${reasonOf(error)}`,
      "Attach principal-policy.json to whoever runs Anchorwatch (events:PutEvents).",
    );
  }
  const arrived = await waitFor(context, readSession(context), token, sentAt + waitMs);
  const seconds = ((now().getTime() - sentAt) / 1000).toFixed(1);
  if (arrived) return ok(`it arrived after ${seconds} s`);
  return failed(
    `it did not arrive within ${seconds} s`,
    `Look at ${context.names.deadLetters}, and at the rule's metric FailedInvocations. If “anchorwatch serve” reads ${queueUrl(options)} already, it may have taken the event: stop it for the check.`,
  );
}

/** What others wait for is given back at the end, or it would come here again and again. */
async function waitFor(
  { now, signal, progress, options }: CheckContext,
  session: RoleCalls,
  token: string,
  until: number,
): Promise<boolean> {
  const url = queueUrl(options);
  const others: string[] = [];
  try {
    while (!signal.aborted) {
      const left = Math.ceil((until - now().getTime()) / 1000);
      if (left <= 0) return false;
      progress(`waiting for the test event, up to ${left} s more`);
      const messages = await session.receive(url, Math.min(left, MOST_SECONDS), left + MOST_SECONDS);
      const ours = messages.find(({ body }) => body.includes(token));
      others.push(...messages.filter((message) => message !== ours).map(({ receipt }) => receipt));
      if (ours === undefined) continue;
      await session.remove(url, ours.receipt);
      return true;
    }
    return false;
  } finally {
    for (const receipt of others) await session.release(url, receipt);
  }
}
