/** The search for what no stack has: an account with 10,000 live resources on a mock of AWS, half of which some stack has. */

import { AuthorizeSecurityGroupIngressCommand, CreateSecurityGroupCommand } from "@aws-sdk/client-ec2";
import { CreateAccessKeyCommand, CreateUserCommand } from "@aws-sdk/client-iam";
import { CreateTopicCommand } from "@aws-sdk/client-sns";
import { CreateQueueCommand } from "@aws-sdk/client-sqs";
import { NO_RULES } from "../../../packages/anchorwatch/src/app/policy/noRules.ts";
import { rulesInForce } from "../../../packages/anchorwatch/src/app/policy/rulesInForce.ts";
import type { InventoryContext } from "../../../packages/anchorwatch/src/app/watch/inventoryContext.ts";
import { searchAccount } from "../../../packages/anchorwatch/src/app/watch/inventorying.ts";
import { openDatabase } from "../../../packages/anchorwatch/src/store/connect.ts";
import { makeEmbeddedUrl } from "../../../packages/anchorwatch/src/store/embeddedUrl.fixture.ts";
import { aStack, STATE } from "../../../packages/anchorwatch/src/store/records.fixture.ts";
import { createWatchRecords } from "../../../packages/anchorwatch/src/store/watchRecords.ts";
import { inLanes } from "../../../packages/anchorwatch/src/terraform/read/lanes.ts";
import type { AccountSearch } from "../../../packages/anchorwatch/src/watch/unmanaged.ts";
import { type Cloud, cloudAt } from "../../support/cloud.ts";
import { startMoto } from "../../support/moto.ts";
import { BenchError } from "../error.ts";
import { count, megabytes, seconds } from "../numbers.ts";
import { processOf } from "../processTree.ts";
import { atMost, type Section } from "../report.ts";
import type { CloudWorkplace } from "../workplace.ts";

const REGION = "eu-central-1";
const ACCOUNT = "bench";
const SAMPLE_MS = 50;
const SECTION_ABOUT =
  "An account with security groups and their rules, topics, queues, and users with keys, half of which stacks have, searched in the benchmark's own process; the records and their ledger entries are stored. Our own share is the time in which no call was under way.";

export async function measureUnmanaged(place: CloudWorkplace): Promise<Section> {
  const moto = await startMoto(place.machine.moto, place.env);
  const database = await makeEmbeddedUrl();
  try {
    const made = await fillAccount(place, cloudAt(moto.endpoint, REGION));
    const searched = await searchTwice(place, moto.endpoint, database.url, made);
    return section(searched);
  } finally {
    await database.stop();
    await moto.stop();
  }
}

interface Searched {
  readonly first: Run;
  readonly again: Run;
}

interface Run {
  readonly tookMs: number;
  readonly processorMs: number;
  readonly peakBytes: number;
  readonly search: AccountSearch;
}

const LANES = 8;
/** Of each group, made with one call. */
const RULES = 50;

/** ARNs of what was made; of keys their ids. */
async function fillAccount({ quick, say, signal }: CloudWorkplace, cloud: Cloud): Promise<readonly string[]> {
  const [groups, topics, queues, users] = quick ? [4, 100, 100, 50] : [100, 2000, 1000, 950];
  say(`making ${count(groups * (RULES + 1) + topics + queues + users * 2)} resources`);
  const arns: string[] = [];
  const each = (many: number, make: (at: number) => Promise<unknown>) =>
    inLanes([...Array(many).keys()], LANES, signal, async (at) => void (await make(at)));
  await each(groups, async (at) => {
    const { GroupId = "" } = await cloud.ec2.send(
      new CreateSecurityGroupCommand({ GroupName: `group-${at}`, Description: "of the benchmark" }),
    );
    const IpPermissions = Array.from({ length: RULES }, (_, port) => ({
      ...{ IpProtocol: "tcp", FromPort: 1000 + port, ToPort: 1000 + port },
      IpRanges: [{ CidrIp: "10.0.0.0/8" }],
    }));
    await cloud.ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
    arns.push(`arn:aws:ec2:${REGION}:123456789012:security-group/${GroupId}`);
  });
  await each(topics, async (at) => {
    const Tags = [{ Key: "number", Value: String(at) }];
    const { TopicArn = "" } = await cloud.sns.send(new CreateTopicCommand({ Name: `topic-${at}`, Tags }));
    arns.push(TopicArn);
  });
  await each(queues, async (at) => {
    await cloud.sqs.send(new CreateQueueCommand({ QueueName: `queue-${at}` }));
    arns.push(`arn:aws:sqs:${REGION}:123456789012:queue-${at}`);
  });
  await each(users, async (at) => {
    const UserName = `user-${at}`;
    const made = await cloud.iam.send(new CreateUserCommand({ UserName }));
    const { AccessKey } = await cloud.iam.send(new CreateAccessKeyCommand({ UserName }));
    arns.push(made.User?.Arn ?? "", AccessKey?.AccessKeyId ?? "");
  });
  return arns;
}

const TYPES: readonly (readonly [part: string, type: string])[] = [
  [":security-group/", "aws_security_group"],
  [":sns:", "aws_sns_topic"],
  [":user/", "aws_iam_user"],
  [":sqs:", "aws_sqs_queue"],
];

async function searchTwice(
  { signal, say }: CloudWorkplace,
  endpoint: string,
  url: string,
  made: readonly string[],
): Promise<Searched> {
  const database = await openDatabase({ url, folder: "/nowhere", userId: process.getuid?.() });
  try {
    const records = createWatchRecords(database);
    const context: InventoryContext = {
      records,
      settings: {
        everyMs: 3_600_000,
        accounts: [{ name: ACCOUNT, regions: [REGION], aws: {}, labels: {}, without: [] }],
        ignore: [],
      },
      machine: {
        awsConnection: async () => ({ endpoint, credentials: { accessKeyId: "a", secretAccessKey: "b" } }),
        elapsed: () => performance.now(),
      },
      // Nothing is said of stacks here.
      providersOf: () => async () => ({ units: [], isWhole: true }),
      identities: () => [],
      rules: rulesInForce(NO_RULES, () => undefined),
      deliverers: [],
      now: () => new Date(),
      newId: () => crypto.randomUUID(),
      onWarning: ({ message }) => say(`warned: ${message}`),
    };
    await records.unmanaged.declareAccounts(context.settings.accounts, new Date());
    const stack = aStack();
    await records.stacks.declare([stack], new Date());
    await records.stacks.checked(stack.id, {
      startedAt: new Date(),
      at: new Date(),
      isComplete: true,
      state: STATE,
    });
    const half = made.filter((_, at) => at % 2 === 0);
    await records.identifiers.replace(
      stack.id,
      half.map((identifier, at) => ({
        identifier,
        kind: "own",
        address: `${typeOf(identifier)}.this[${at}]`,
      })),
    );
    const run = async (): Promise<Run> => {
      const began = performance.now();
      const processor = process.cpuUsage();
      const peakBytes = await mostBytes(() => searchAccount(context, ACCOUNT, signal));
      const { user, system } = process.cpuUsage(processor);
      const tookMs = performance.now() - began;
      const search = (await records.unmanaged.accounts())[0]?.search;
      if (
        search?.isComplete !== true ||
        search.things < made.length ||
        search.unmanaged < made.length - half.length
      )
        throw new BenchError("reports_differ", `the search saw something else: ${JSON.stringify(search)}`);
      say(`searched in ${seconds(tookMs / 1000)}`);
      return { tookMs, processorMs: (user + system) / 1000, peakBytes, search };
    };
    return { first: await run(), again: await run() };
  } finally {
    await database.close();
  }
}

function typeOf(arn: string): string {
  return TYPES.find(([part]) => arn.includes(part))?.[1] ?? "aws_iam_access_key";
}

async function mostBytes(work: () => Promise<void>): Promise<number> {
  const bytes = () => processOf(process.pid)?.residentBytes ?? 0;
  let most = bytes();
  const sampling = setInterval(() => {
    most = Math.max(most, bytes());
  }, SAMPLE_MS);
  try {
    await work();
  } finally {
    clearInterval(sampling);
  }
  return most;
}

function section({ first, again }: Searched): Section {
  const own = ({ tookMs, search }: Run) => (tookMs - search.waitedMs) / 1000;
  const row = (what: string, value: (run: Run) => string) => [what, value(first), value(again)];
  return {
    title: "What no stack has",
    about: `${count(first.search.things)} live resources. ${SECTION_ABOUT} Memory is the process's highest, of samples ${SAMPLE_MS} ms apart.`,
    table: [
      ["what", "first search", "the next one"],
      row("the whole search", ({ tookMs }) => seconds(tookMs / 1000)),
      row("our own share of it", (run) => seconds(own(run))),
      row("the processor's time, AWS's SDK included", ({ processorMs }) => seconds(processorMs / 1000)),
      row("calls", ({ search }) => count(search.calls)),
      row("resident memory", ({ peakBytes }) => megabytes(peakBytes)),
    ],
    goals: [
      atMost("under a minute", Math.max(first.tookMs, again.tookMs) / 1000, 60, seconds),
      atMost("our own share under 5 s", Math.max(own(first), own(again)), 5, seconds),
    ],
  };
}
