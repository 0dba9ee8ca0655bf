/** From a click in the console to a drift with a name on it: a mock of AWS with its queue, the real AWS provider, and the watch. */
import { AuthorizeSecurityGroupIngressCommand } from "@aws-sdk/client-ec2";
import {
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreatePolicyCommand,
  CreateUserCommand,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { PutBucketVersioningCommand } from "@aws-sdk/client-s3";
import { CreateTopicCommand, DeleteTopicCommand, SetTopicAttributesCommand } from "@aws-sdk/client-sns";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stackIdOf } from "../../packages/anchorwatch/src/app/watch/foundStack.ts";
import type { DriftRecord } from "../../packages/anchorwatch/src/watch/drift.ts";
import type { Json } from "../activity/trail/cloudTrailRecord.ts";
import { findServiceModels } from "../activity/trail/services.ts";
import { cloudMachine, inspectMachine } from "../support/machine.ts";
import { ADMIN, type CloudBench, cloudBench, QUEUE } from "./cloudBench.ts";
import { ESTATE, group } from "./cloudEstate.ts";
import { until } from "./runningBench.ts";
import { isOfLife, STACK_NAME } from "./watchIn.ts";

const OWNER = "123456789012";

const found = cloudMachine(inspectMachine(process.env));
const models = found.ok ? findServiceModels(process.env) : undefined;
if (!found.ok) console.info(found.skipped.join("\n"));
else if (models === undefined)
  console.info("skipped: a watched cloud, because no Python with botocore is on PATH");

describe.skipIf(models === undefined)("a watched cloud", { timeout: 60_000 }, () => {
  let bench: CloudBench;
  beforeAll(async () => {
    if (!found.ok || models === undefined) return;
    bench = await cloudBench(found.machine, models, ESTATE, process.env);
    const { stacks } = bench.watch.context.records;
    await until(async () => expect(await stacks.byName(STACK_NAME)).toMatchObject({ health: "ok" }), 60_000);
    expect(await bench.watch.context.records.drifts.list({ limit: 10 })).toEqual([]);
  }, 180_000);
  afterAll(async () => {
    expect(await bench?.close()).toEqual([]);
  }, 60_000);

  const driftsOf = async (address: string): Promise<readonly DriftRecord[]> =>
    (await bench.watch.context.records.drifts.list({ limit: 1000 })).filter(
      (drift) => drift.address === address,
    );
  const toldOf = async (address: string) =>
    (await bench.entries()).filter((entry) => entry.address === address && isOfLife(entry));

  /** Every message is acknowledged, and what it asked for is done and in the ledger. */
  const settled = async () => {
    const { looks, outbox } = bench.watch.context.records;
    await until(async () => expect(await bench.messages()).toBe(0));
    await until(async () => expect((await looks.waiting(new Date())).due).toEqual([]));
    await until(async () => expect((await outbox.backlog()).entries).toBe(0));
  };

  const open = (name: string, port = 5432) => openGroup(bench.deployment.recorded(group(name)), port);
  const openGroup = (GroupId: string, port: number) =>
    bench.console.ec2.send(
      new AuthorizeSecurityGroupIngressCommand({
        GroupId,
        IpPermissions: [
          { IpProtocol: "tcp", FromPort: port, ToPort: port, IpRanges: [{ CidrIp: "0.0.0.0/0" }] },
        ],
      }),
    );
  const idsOf = (records: readonly Json[]) => records.map((record) => record["eventID"]);
  const adas = (name: string, service: string, eventId = expect.any(String) as unknown) => ({
    eventId,
    eventName: name,
    service,
    actor: {
      principal: expect.stringMatching(/^arn:aws:sts::123456789012:assumed-role\/.*ada@example\.com$/),
      kind: "role",
      sessionIssuer: ADMIN,
      sessionName: "ada@example.com",
      channel: "console",
      sourceAddress: "198.51.100.7",
    },
    person: { kind: "mapped", name: "ada" },
    isDelivery: false,
  });

  interface Change {
    readonly address: string;
    readonly make: () => Promise<unknown>;
    readonly event: readonly [name: string, service: string];
    readonly verdict?: "changed" | "deleted";
  }
  const CHANGES: readonly Change[] = [
    {
      address: group("database"),
      make: () => open("database"),
      event: ["AuthorizeSecurityGroupIngress", "ec2.amazonaws.com"],
    },
    {
      address: "aws_iam_role_policy.deploy",
      make: () =>
        bench.console.iam.send(
          new PutRolePolicyCommand({
            RoleName: "harbour-deploy",
            PolicyName: "release",
            PolicyDocument: JSON.stringify({
              Version: "2012-10-17",
              Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
            }),
          }),
        ),
      event: ["PutRolePolicy", "iam.amazonaws.com"],
    },
    {
      address: "aws_s3_bucket_versioning.logs",
      make: () =>
        bench.console.s3.send(
          new PutBucketVersioningCommand({
            Bucket: "harbour-logs",
            VersioningConfiguration: { Status: "Suspended" },
          }),
        ),
      event: ["PutBucketVersioning", "s3.amazonaws.com"],
    },
    {
      address: "aws_sns_topic.audit",
      make: () =>
        bench.console.sns.send(
          new DeleteTopicCommand({ TopicArn: bench.deployment.recorded("aws_sns_topic.audit") }),
        ),
      event: ["DeleteTopic", "sns.amazonaws.com"],
      verdict: "deleted",
    },
  ];

  const isTold = async (
    { address, event: [name, service], verdict = "changed" }: Omit<Change, "make">,
    eventId: unknown,
  ) => {
    await until(async () => {
      const [drift, ...more] = await driftsOf(address);
      expect(more).toEqual([]);
      expect(drift).toMatchObject({ status: "open", verdict, times: 1 });
      expect(drift?.attributions).toMatchObject([adas(name, service, eventId)]);
    });
    const [drift] = await driftsOf(address);
    await until(async () => {
      const [opened] = await toldOf(address);
      expect(opened).toMatchObject({
        id: drift?.entryId,
        kind: "drift.opened",
        actor: {
          type: "actor",
          id: drift?.attributions[0]?.actor.principal,
          name: "ada",
          channel: "console",
        },
        stack: { name: STACK_NAME },
      });
    });
  };

  it.each([
    ["a security group", 0],
    ["a policy of a role", 1],
    ["a bucket", 2],
    ["a topic that is deleted", 3],
  ])("tells by EventBridge of %s: what drifted, who did it, and it stands in the ledger", async (_, at) => {
    const change = CHANGES[at] ?? expect.unreachable();
    const records = await bench.records(change.make);
    await bench.byEventBridge(records);
    await isTold(change, idsOf(records)[0]);
    expect(bench.warnings).toEqual([]);
  });

  it("tells by a log file, of which S3 tells SNS and SNS the queue", async () => {
    const records = await bench.records(async () => {
      await open("web", 8080);
      const TopicArn = bench.deployment.recorded("aws_sns_topic.orders");
      const attribute = { AttributeName: "DisplayName", AttributeValue: "by hand" };
      await bench.console.sns.send(new SetTopicAttributesCommand({ TopicArn, ...attribute }));
    });
    await bench.byLogFile(records);
    const [ofGroup, ofTopic] = idsOf(records);
    const event = ["AuthorizeSecurityGroupIngress", "ec2.amazonaws.com"] as const;
    await isTold({ address: group("web"), event }, ofGroup);
    await isTold(
      { address: "aws_sns_topic.orders", event: ["SetTopicAttributes", "sns.amazonaws.com"] },
      ofTopic,
    );
    expect(bench.warnings).toEqual([]);
  });

  it("takes events in any order, on any way, as often as they come", async () => {
    const address = group("late");
    const [first = [], second = []] = [
      await bench.records(() => open("late", 22)),
      await bench.records(() => open("late", 443)),
    ];
    await bench.byEventBridge(second);
    await until(async () => expect(await driftsOf(address)).toHaveLength(1));
    await bench.byLogFile([...second, ...first]);
    const ids = [...idsOf(first), ...idsOf(second)].sort();
    await until(async () => {
      const [drift] = await driftsOf(address);
      expect(drift?.attributions.map(({ eventId }) => eventId).sort()).toEqual(ids);
    });
    await settled();
    const before = [await driftsOf(address), await toldOf(address)];
    expect(before[0]).toMatchObject([{ status: "open", verdict: "changed", times: 1 }]);
    await bench.byLogFile([...first, ...second, ...first]);
    await bench.byEventBridge([...second, ...first]);
    await settled();
    expect([await driftsOf(address), await toldOf(address)]).toEqual(before);
  });

  const groupReads = (name: string) =>
    bench.readsOf("aws_security_group", bench.deployment.recorded(group(name)));

  it("takes a call that failed for no change", async () => {
    const records = await bench.records(async () => {
      await open("calm", 22);
      await expect(open("calm", 22)).rejects.toThrow();
    });
    expect(records).toMatchObject([{}, { errorCode: "Client.InvalidPermission.Duplicate" }]);
    const before = groupReads("calm");
    await bench.byEventBridge(records.slice(1));
    await settled();
    expect(groupReads("calm")).toBe(before);
    expect(await driftsOf(group("calm"))).toEqual([]);
  });

  it("keeps what touches nothing that a stack knows as a candidate", async () => {
    const records = await bench.records(() =>
      bench.console.sns.send(new CreateTopicCommand({ Name: "shadow" })),
    );
    await bench.byEventBridge(records);
    const { events } = bench.watch.context.records;
    await until(async () => {
      const candidates = await events.list({ candidates: "only", limit: 100 });
      expect(candidates).toContainEqual(
        expect.objectContaining({
          id: idsOf(records)[0],
          name: "CreateTopic",
          touched: [],
          identifiers: expect.arrayContaining([expect.stringMatching(/^arn:aws:sns:.*:shadow$/)]) as unknown,
        }),
      );
    });
  });

  it("has searched the account, and says nothing of what the estate has", async () => {
    const { unmanaged } = bench.watch.context.records;
    const [account] = await until(async () => {
      const found = await unmanaged.accounts();
      expect(found[0]?.search).toMatchObject({ isComplete: true, managedByGuess: 0, unreadStacks: 0 });
      return found;
    });
    expect(account?.search?.managed).toBeGreaterThan(10);
    // This one can list nothing, and that is said.
    expect(account?.search?.units).toContainEqual(
      expect.objectContaining({ service: "registry.terraform.io/hashicorp/aws", listed: [], problems: [] }),
    );
    const found = await unmanaged.list({ limit: 500 });
    expect(found.map(({ importId }) => importId).filter((id) => id.includes("harbour"))).toEqual([]);
    // What the bench made for itself, and no stack has.
    expect(found.map(({ type }) => type)).toEqual(
      expect.arrayContaining([
        "aws_sqs_queue",
        "aws_sns_topic",
        "aws_s3_bucket",
        "aws_cloudwatch_event_rule",
      ]),
    );
  });

  it("finds within moments what somebody makes in the console, with who it was", async () => {
    const { unmanaged } = bench.watch.context.records;
    const PolicyDocument = JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
    });
    await bench.deployment.cloud.iam.send(new CreatePolicyCommand({ PolicyName: "all", PolicyDocument }));
    const records = await bench.records(async () => {
      await bench.console.iam.send(new CreateUserCommand({ UserName: "stowaway" }));
      await bench.console.iam.send(new CreateAccessKeyCommand({ UserName: "stowaway" }));
      await bench.console.iam.send(
        new AttachUserPolicyCommand({ UserName: "stowaway", PolicyArn: `arn:aws:iam::${OWNER}:policy/all` }),
      );
    });
    await bench.byEventBridge(records);
    const opened = async () =>
      (await unmanaged.list({ limit: 500 })).filter(({ importId, parent }) =>
        [importId, parent?.id].includes("stowaway"),
      );
    await until(async () =>
      expect((await opened()).map(({ type }) => type).sort()).toEqual([
        "aws_iam_access_key",
        "aws_iam_user",
        "aws_iam_user_policy_attachment",
      ]),
    );
    for (const { type, status, attributions } of await opened())
      expect({ type, status, attributions }).toMatchObject({
        status: "open",
        attributions: expect.arrayContaining([
          expect.objectContaining({
            eventName: expect.stringMatching(/User|Key/) as unknown,
            person: expect.objectContaining({ kind: "mapped", name: "ada" }) as unknown,
          }),
        ]) as unknown,
      });
    expect(
      (await opened()).find(({ type }) => type === "aws_iam_access_key")?.attributions[0]?.eventName,
    ).toBe("CreateAccessKey");
    await settled();
  });

  it("makes one drift of a burst, with one read", async () => {
    const records = await bench.records(async () => {
      for (let port = 1000; port < 1050; port++) await open("burst", port);
    });
    const before = groupReads("burst");
    await bench.byLogFile(records);
    await until(async () => expect(await driftsOf(group("burst"))).toHaveLength(1));
    await settled();
    expect(groupReads("burst") - before).toBe(1);
    const [drift] = await driftsOf(group("burst"));
    expect(drift).toMatchObject({ status: "open", verdict: "changed", times: 1 });
    expect(drift?.attributions).toHaveLength(50);
    expect((await toldOf(group("burst"))).map(({ kind }) => kind)).toEqual(["drift.opened"]);
  });

  const sweep = () => bench.watch.checkNow(stackIdOf(STACK_NAME), []);
  const opened = ["AuthorizeSecurityGroupIngress", "ec2.amazonaws.com"] as const;

  it("searches the trail's log files for who did what a sweep finds and no event told", async () => {
    const address = group("unheard");
    const records = await bench.records(() => open("unheard"));
    await bench.inTrail(records);
    expect(await sweep()).toBe("queued");
    await until(async () => {
      const [drift, ...more] = await driftsOf(address);
      expect(more).toEqual([]);
      expect(drift).toMatchObject({ status: "open", verdict: "changed", search: { files: 1, leftOut: 0 } });
      expect(drift?.search).not.toHaveProperty("problem");
      expect(drift?.attributions).toMatchObject([adas(...opened, idsOf(records)[0])]);
    });
    const [drift] = await driftsOf(address);
    const { completeSince } = (await bench.watch.context.records.stacks.byName(STACK_NAME)) ?? {};
    // The time of the search ends before the good check that came last, and begins before the one before it.
    expect(drift?.search?.from.getTime()).toBeLessThan(completeSince?.getTime() ?? 0);
    await until(async () =>
      expect((await toldOf(address)).map(({ kind, actor }) => [kind, actor.name ?? actor.type])).toEqual([
        ["drift.opened", "system"],
        ["drift.attributed", "ada"],
      ]),
    );
  });

  it("names who changed what no stack has any more, by events that nobody knew where to put", async () => {
    const address = group("orphan");
    const id = bench.deployment.recorded(address);
    expect(await bench.deployment.terraform.run(["state", "rm", address])).toMatchObject({ status: 0 });
    const records = await bench.records(() => openGroup(id, 22));
    await sweep();
    await until(async () =>
      expect(await driftsOf(address)).toMatchObject([{ verdict: "unmanaged", attributions: [] }]),
    );
    await bench.byEventBridge(records);
    await settled();
    expect(await driftsOf(address)).toMatchObject([{ attributions: [] }]);
    await sweep();
    await until(async () =>
      expect((await driftsOf(address))[0]?.attributions).toMatchObject([adas(...opened, idsOf(records)[0])]),
    );
    // One thing, one record: the search does not tell it once more.
    const { unmanaged } = bench.watch.context.records;
    await unmanaged.scheduleSearch("harbour", new Date());
    await until(async () => expect((await unmanaged.accounts())[0]?.search?.drifts).toBe(1));
    const found = await unmanaged.list({ limit: 500, type: "aws_security_group" });
    expect(found.map(({ importId }) => importId)).not.toContain(id);
  });

  it("loses nothing while its queue cannot be reached, and its detector says so", async () => {
    const address = group("cut");
    const { detectors } = bench.watch.context.records;
    const detector = async () => (await detectors.byName(`events:${QUEUE}`)) ?? expect.unreachable();
    await bench.relay.cut();
    await until(async () =>
      expect((await detector()).problem).toMatch(/cannot be reached.*Check the network/),
    );
    expect(bench.warnings).toContainEqual(
      expect.objectContaining({
        code: "event_source_failing",
        message: expect.stringContaining(QUEUE) as unknown,
      }),
    );
    const records = await bench.records(() => open("cut"));
    await bench.byEventBridge(records);
    expect(await bench.messages()).toBe(1);
    bench.relay.mend();
    const event = ["AuthorizeSecurityGroupIngress", "ec2.amazonaws.com"] as const;
    await isTold({ address, event }, idsOf(records)[0]);
    await until(async () => expect(await detector()).not.toHaveProperty("problem"));
  });
});
