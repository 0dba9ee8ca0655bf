/** What runs in an account and no stack has: searched on a mock of AWS with AWS's own SDK, recorded in a real PostgreSQL. */
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateKeyPairCommand,
  CreateSecurityGroupCommand,
  CreateVpcCommand,
  DescribeSecurityGroupsCommand,
} from "@aws-sdk/client-ec2";
import { PutRuleCommand } from "@aws-sdk/client-eventbridge";
import {
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreateLoginProfileCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteUserPolicyCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { CreateGrantCommand, CreateKeyCommand } from "@aws-sdk/client-kms";
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  PutBucketPolicyCommand,
  PutBucketTaggingCommand,
} from "@aws-sdk/client-s3";
import { CreateTopicCommand } from "@aws-sdk/client-sns";
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueUrlCommand,
  SetQueueAttributesCommand,
} from "@aws-sdk/client-sqs";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { changeBaseline } from "../../packages/anchorwatch/src/app/watch/baseline.ts";
import { lookForEvents } from "../../packages/anchorwatch/src/app/watch/inventoryEvents.ts";
import { searchAccount } from "../../packages/anchorwatch/src/app/watch/inventorying.ts";
import { looksFor } from "../../packages/anchorwatch/src/app/watch/inventoryLooks.ts";
import { KIM } from "../../packages/anchorwatch/src/server/memoryAccess.fixture.ts";
import { aStack } from "../../packages/anchorwatch/src/store/records.fixture.ts";
import type { UnmanagedRecord } from "../../packages/anchorwatch/src/watch/unmanaged.ts";
import { topic } from "../check/workbench.ts";
import { editStore, setFaults } from "../reference-provider/fixtures.ts";
import { cloudAt } from "../support/cloud.ts";
import { inspectMachine } from "../support/machine.ts";
import { type Moto, startMoto } from "../support/moto.ts";
import { ACCOUNT, type InventoryBench, inventoryBench, REGION } from "./inventoryBench.ts";
import { until, watchBench } from "./runningBench.ts";
import { STACK_NAME } from "./watchIn.ts";
import { byHand } from "./watchParts.ts";

const { moto: program } = inspectMachine(process.env);
if (program === undefined)
  console.info("skipped: the search for unmanaged resources, because moto_server is not on PATH");

const ALLOW_ALL = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
});
const FOR_EC2 = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "ec2.amazonaws.com" } }],
});

describe.skipIf(program === undefined)("the search for what no stack has", { timeout: 60_000 }, () => {
  let moto: Moto;
  let bench: InventoryBench;
  beforeAll(async () => {
    moto = await startMoto(program ?? "", process.env);
    bench = await inventoryBench(moto.endpoint);
  }, 60_000);
  afterAll(async () => {
    await bench?.close();
    await moto?.stop();
  });

  const search = () => searchAccount(bench.context, ACCOUNT, AbortSignal.timeout(50_000));
  const open = async (): Promise<readonly UnmanagedRecord[]> =>
    (await bench.records.unmanaged.list({ limit: 500 })).filter(({ status }) => status === "open");
  const names = (records: readonly UnmanagedRecord[]) =>
    records.map(({ type, importId }) => `${type} ${importId}`).sort();
  const one = async (type: string, id?: string) =>
    (await open()).find((record) => record.type === type && (id === undefined || record.importId === id));

  it("finds what was made by hand, and neither what a stack has nor what AWS makes itself", async () => {
    const { iam, ec2, s3, kms, sns, sqs, events } = cloudAt(moto.endpoint, REGION);
    await iam.send(new CreateUserCommand({ UserName: "ferry", Path: "/crew/" }));
    await iam.send(new CreateUserCommand({ UserName: "managed" }));
    await iam.send(
      new PutUserPolicyCommand({ UserName: "ferry", PolicyName: "all", PolicyDocument: ALLOW_ALL }),
    );
    await iam.send(new CreateRoleCommand({ RoleName: "deploy", AssumeRolePolicyDocument: FOR_EC2 }));
    await iam.send(
      new PutRolePolicyCommand({ RoleName: "deploy", PolicyName: "p", PolicyDocument: ALLOW_ALL }),
    );
    await iam.send(
      new CreateRoleCommand({
        RoleName: "linked",
        Path: "/aws-service-role/x.amazonaws.com/",
        AssumeRolePolicyDocument: FOR_EC2,
      }),
    );
    await iam.send(
      new CreateRoleCommand({
        ...{ RoleName: "of-stack", AssumeRolePolicyDocument: FOR_EC2 },
        Tags: [
          {
            Key: "aws:cloudformation:stack-id",
            Value: `arn:aws:cloudformation:${REGION}:123456789012:stack/shop/1`,
          },
        ],
      }),
    );
    await iam.send(new CreatePolicyCommand({ PolicyName: "loose", PolicyDocument: ALLOW_ALL }));
    const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }));
    const { GroupId } = await ec2.send(
      new CreateSecurityGroupCommand({ GroupName: "open", Description: "d", VpcId: Vpc?.VpcId }),
    );
    const world = { IpProtocol: "tcp", FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: "0.0.0.0/0" }] };
    await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [world] }));
    const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({}));
    const standard = SecurityGroups.find(
      ({ GroupName, VpcId }) => GroupName === "default" && VpcId !== Vpc?.VpcId,
    );
    await ec2.send(
      new AuthorizeSecurityGroupIngressCommand({
        GroupId: standard?.GroupId,
        IpPermissions: [{ ...world, FromPort: 3389, ToPort: 3389 }],
      }),
    );
    await ec2.send(new CreateKeyPairCommand({ KeyName: "laptop" }));
    for (const Bucket of ["harbour-loose", "harbour-managed"])
      await s3.send(
        new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: REGION } }),
      );
    await s3.send(new PutBucketPolicyCommand({ Bucket: "harbour-loose", Policy: ALLOW_ALL }));
    await s3.send(
      new PutBucketTaggingCommand({
        Bucket: "harbour-loose",
        Tagging: {
          TagSet: [
            { Key: "owner", Value: "ada" },
            { Key: "api-token", Value: "hunter2hunter2" },
          ],
        },
      }),
    );
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
    await kms.send(
      new CreateGrantCommand({
        ...{ KeyId: KeyMetadata?.KeyId, Operations: ["Decrypt"] },
        GranteePrincipal: "arn:aws:iam::999999999999:role/stranger",
      }),
    );
    const { TopicArn = "" } = await sns.send(new CreateTopicCommand({ Name: "alarms" }));
    await sqs.send(new CreateQueueCommand({ QueueName: "jobs" }));
    await events.send(new PutRuleCommand({ Name: "hourly", ScheduleExpression: "rate(1 hour)" }));
    await bench.haveInStack([
      ["aws_iam_user.managed", "own", "arn:aws:iam::123456789012:user/managed"],
      ["aws_s3_bucket.managed", "own", "arn:aws:s3:::harbour-managed"],
      ["aws_kms_key.this", "own", KeyMetadata?.Arn ?? ""],
      // It only speaks of these: a VPC that it lies in, a topic that it sends to.
      ["aws_subnet.this", "own", Vpc?.VpcId ?? ""],
      ["aws_cloudwatch_metric_alarm.this", "reference", TopicArn],
    ]);
    await search();
    const found = names(await open());
    expect(found).toEqual(
      expect.arrayContaining([
        "aws_cloudformation_stack shop",
        "aws_cloudwatch_event_rule default/hourly",
        `aws_iam_policy arn:aws:iam::123456789012:policy/loose`,
        "aws_iam_role deploy",
        "aws_iam_role_policy deploy:p",
        "aws_iam_user ferry",
        "aws_iam_user_policy ferry:all",
        "aws_key_pair laptop",
        "aws_s3_bucket harbour-loose",
        "aws_s3_bucket_policy harbour-loose",
        `aws_security_group ${GroupId}`,
        `aws_sns_topic ${TopicArn}`,
        `aws_vpc ${Vpc?.VpcId}`,
      ]),
    );
    const rules = (await open()).filter(({ type }) => type === "aws_vpc_security_group_ingress_rule");
    expect(
      rules.map(({ attributes }) => [attributes["security_group_id"], attributes["from_port"]]).sort(),
    ).toEqual(
      [
        [GroupId, 22],
        [standard?.GroupId, 3389],
      ].sort(),
    );
    expect(await one("aws_kms_grant")).toMatchObject({
      attributes: { grantee_principal: "arn:aws:iam::999999999999:role/stranger" },
    });
    expect(
      found.filter((name) => /managed|linked|of-stack|^aws_kms_key|egress|default-vpc/.test(name)),
    ).toEqual([]);
    expect(found.filter((name) => name.startsWith("aws_vpc "))).toHaveLength(1);
    const bucket = await one("aws_s3_bucket");
    expect(bucket?.tags).toEqual({ "api-token": "(hidden)", owner: "ada" });
    const [account] = await bench.records.unmanaged.accounts();
    expect(account).toMatchObject({
      account: "123456789012",
      search: {
        isComplete: true,
        managed: expect.any(Number),
        leftOut: { service: 1, cloudformation: 1, default: expect.any(Number) },
      },
    });
    expect(account?.search?.units.map(({ service }) => service)).toEqual(
      expect.arrayContaining(["iam", "s3", "ec2", "kms", "lambda", "sqs", "sns", "events", "tagging"]),
    );
    expect(await bench.entries()).toContainEqual(
      expect.objectContaining({
        kind: "drift.opened",
        after: expect.objectContaining({ name: "ferry" }),
        data: expect.objectContaining({
          verdict: "unmanaged",
          resource: { type: "aws_iam_user", provider: "registry.terraform.io/hashicorp/aws", id: "ferry" },
        }),
      }),
    );
    expect(JSON.stringify(await bench.entries())).not.toContain("hunter2");
  });

  it("tells nothing twice, and takes away what is gone", async () => {
    const { iam } = cloudAt(moto.endpoint, REGION);
    const before = (await bench.entries()).length;
    await search();
    expect(await bench.entries()).toHaveLength(before);
    await iam.send(new DeleteUserPolicyCommand({ UserName: "ferry", PolicyName: "all" }));
    await search();
    expect(await one("aws_iam_user_policy")).toBeUndefined();
    expect((await bench.records.unmanaged.list({ limit: 10, status: "closed" }))[0]).toMatchObject({
      ...{ type: "aws_iam_user_policy", end: "gone", importId: "ferry:all" },
    });
  });

  it("finds a key that somebody makes for a user of a stack at once, with who it was", async () => {
    const { iam } = cloudAt(moto.endpoint, REGION);
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: "managed" }));
    const event = byHand(["managed", AccessKey?.AccessKeyId ?? ""], {
      ...{
        name: "CreateAccessKey",
        service: "iam.amazonaws.com",
        region: "us-east-1",
        account: "123456789012",
      },
    });
    const { unmanaged } = bench.records;
    await unmanaged.wantLooks(looksFor([event], await unmanaged.accounts(), []), new Date());
    await lookForEvents(bench.context, ACCOUNT, AbortSignal.timeout(30_000));
    expect(await one("aws_iam_access_key")).toMatchObject({
      importId: AccessKey?.AccessKeyId,
      attributes: { user: "managed", status: "Active" },
      attributions: [{ eventName: "CreateAccessKey", person: { kind: "mapped", name: "ada@example.com" } }],
    });
    expect(await unmanaged.dueLooks(ACCOUNT, new Date(8.64e15), 10)).toEqual([]);
    const [opened, classified] = (await bench.entries()).slice(-2);
    expect(classified).toMatchObject({
      kind: "drift.classified",
      refs: [{ type: "drift", id: opened?.id }],
      data: { classification: "operational", severity: "medium" },
    });
    expect(opened).toMatchObject({
      kind: "drift.opened",
      actor: { type: "actor", name: "ada@example.com", channel: "console" },
    });
  });

  it("does not take for a stranger's what somebody who deploys has just made, until that must be over", async () => {
    const { iam } = cloudAt(moto.endpoint, REGION);
    await iam.send(new CreateLoginProfileCommand({ UserName: "managed", Password: "Horse-battery-9" }));
    await search();
    expect(await one("aws_iam_user_login_profile")).toBeUndefined();
    bench.clock.later(16 * 60_000);
    await search();
    expect(await one("aws_iam_user_login_profile")).toMatchObject({ importId: "managed", status: "open" });
  });

  it("never says that something is gone because it may not look, and names the permission", async () => {
    const before = names(await open());
    bench.clock.later(60_000);
    await bench.withFailing(/Action=GetAccountAuthorizationDetails/, search);
    expect(names(await open())).toEqual(before);
    const [account] = await bench.records.unmanaged.accounts();
    expect(account?.search?.isComplete).toBe(false);
    expect(account?.search?.units.find(({ service }) => service === "iam")?.problems).toEqual([
      {
        kind: "denied",
        permission: "iam:GetAccountAuthorizationDetails",
        message: expect.stringMatching(/not authorized/),
      },
    ]);
    expect(await bench.records.detectors.byName(`unmanaged:${ACCOUNT}`)).toMatchObject({
      problem: expect.stringMatching(/iam in global: the identity lacks iam:GetAccountAuthorizationDetails/),
    });
  });

  it("does not take a queue whose policy it may not read for one that lost its policy", async () => {
    const { sqs } = cloudAt(moto.endpoint, REGION);
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: "jobs" }));
    const Policy = JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: "*", Action: "sqs:SendMessage", Resource: "*" }],
    });
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
    bench.clock.later(60_000);
    await search();
    const queue = await one("aws_sqs_queue");
    expect(queue?.attributes).toMatchObject({ policy: { Statement: [{ Principal: "*" }] } });
    expect((await bench.entries()).at(-1)).toMatchObject({
      kind: "drift.updated",
      data: { verdict: "unmanaged" },
    });
    await bench.withFailing(/GetQueueAttributes|AttributeNames/, search);
    expect(await one("aws_sqs_queue")).toMatchObject({
      digest: queue?.digest,
      attributes: queue?.attributes ?? {},
    });
  });

  it("attaches a policy to nobody unnoticed", async () => {
    const { iam } = cloudAt(moto.endpoint, REGION);
    await iam.send(
      new AttachUserPolicyCommand({
        UserName: "managed",
        PolicyArn: "arn:aws:iam::123456789012:policy/loose",
      }),
    );
    bench.clock.later(60_000);
    await search();
    bench.clock.later(16 * 60_000);
    await search();
    expect(await one("aws_iam_user_policy_attachment")).toMatchObject({
      importId: "managed/arn:aws:iam::123456789012:policy/loose",
    });
  });

  it("does not tell of what its tags leave out, when they cannot be asked, nor because of an event", async () => {
    const { s3, sqs } = cloudAt(moto.endpoint, REGION);
    const ignore = [{ tags: { owner: "vendor" }, reason: "theirs", origin: "server.yaml:1" }];
    const context = { ...bench.context, settings: { ...bench.context.settings, ignore } };
    const searchThere = () => searchAccount(context, ACCOUNT, AbortSignal.timeout(50_000));
    const Bucket = "harbour-vendor";
    const LocationConstraint = REGION;
    await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint } }));
    const TagSet = [{ Key: "owner", Value: "vendor" }];
    await s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } }));
    await sqs.send(new CreateQueueCommand({ QueueName: "vendor-jobs", tags: { owner: "vendor" } }));
    const event = byHand(["vendor-jobs"], {
      ...{ name: "CreateQueue", service: "sqs.amazonaws.com", region: REGION, account: "123456789012" },
    });
    const { unmanaged } = bench.records;
    await unmanaged.wantLooks(looksFor([event], await unmanaged.accounts(), []), new Date());
    await lookForEvents(context, ACCOUNT, AbortSignal.timeout(30_000));
    const before = names(await open());
    bench.clock.later(16 * 60_000);
    await bench.withFailing(/ResourcesPerPage/, searchThere);
    expect(names(await open())).toEqual(before);
    expect(before.filter((name) => name.includes("vendor"))).toEqual([]);
    await searchThere();
    expect(names(await open())).toEqual(before);
    expect((await unmanaged.accounts())[0]?.search?.leftOut["operator"]).toBe(2);
    await s3.send(new DeleteBucketCommand({ Bucket }));
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: "vendor-jobs" }));
    await sqs.send(new DeleteQueueCommand({ QueueUrl }));
  });

  it("has a baseline: what is accepted is quiet until it changes in what matters, or something new comes", async () => {
    const { iam } = cloudAt(moto.endpoint, REGION);
    const requester = { principal: KIM, address: "192.0.2.1", userAgent: "", requestId: "1" };
    const { unmanaged } = bench.records;
    const wanted = { account: ACCOUNT, reason: "It was there before us." };
    const count = (await open()).length;
    expect(await changeBaseline(bench.context, { change: "accept", ...wanted }, requester)).toBe(count);
    expect(await open()).toEqual([]);
    expect(await unmanaged.totals()).toEqual([{ account: ACCOUNT, open: 0, accepted: count }]);
    expect((await bench.entries()).at(-1)).toMatchObject({
      ...{ kind: "baseline.accepted", data: { account: ACCOUNT, count, reason: wanted.reason } },
      actor: { type: "user", id: KIM.id, sourceAddress: "192.0.2.1" },
    });
    const trust = {
      RoleName: "deploy",
      PolicyDocument: FOR_EC2.replace("ec2.amazonaws.com", "lambda.amazonaws.com"),
    };
    await iam.send(new UpdateAssumeRolePolicyCommand(trust));
    await iam.send(new CreateAccessKeyCommand({ UserName: "ferry" }));
    bench.clock.later(60_000);
    await search();
    bench.clock.later(16 * 60_000);
    await search();
    expect(names(await open())).toEqual([
      expect.stringMatching(/^aws_iam_access_key /),
      "aws_iam_role deploy",
    ]);
    expect(await one("aws_iam_role")).not.toHaveProperty("accepted");
    const [entry] = (await bench.entries()).filter(({ after }) =>
      JSON.stringify(after ?? "").includes("lambda.amazonaws"),
    );
    expect(entry).toMatchObject({
      kind: "drift.opened",
      before: { assume_role_policy: { Statement: [{ Principal: { Service: "ec2.amazonaws.com" } }] } },
      data: { times: 2 },
    });
    const back = { change: "withdraw" as const, ...wanted, type: "aws_iam_user" };
    expect(await changeBaseline(bench.context, back, requester)).toBe(1);
    expect(names(await open())).toContain("aws_iam_user ferry");
    expect(
      await changeBaseline(bench.context, { change: "accept", ...wanted, account: "other" }, requester),
    ).toBe(0);
  });

  it("lets go of what a stack has meanwhile, and of places that are searched no more", async () => {
    await bench.haveInStack([["aws_iam_user.ferry", "own", "arn:aws:iam::123456789012:user/crew/ferry"]]);
    bench.clock.later(60_000);
    await search();
    const closed = await bench.records.unmanaged.list({ limit: 50, status: "closed" });
    expect(closed.find(({ importId }) => importId === "ferry")).toMatchObject({
      end: "managed",
      // Whoever may see the account may not know which.
      because: "A stack has it now.",
    });
    const [account] = bench.context.settings.accounts;
    const settings = {
      ...bench.context.settings,
      accounts: [{ ...account, name: ACCOUNT, without: ["kms"] }],
    };
    await searchAccount(
      { ...bench.context, settings } as typeof bench.context,
      ACCOUNT,
      AbortSignal.timeout(50_000),
    );
    const [grant] = await bench.records.unmanaged.list({
      limit: 50,
      status: "closed",
      type: "aws_kms_grant",
    });
    expect(grant).toMatchObject({ end: "not_searched" });
  });

  it("waits until every stack was looked at, and refuses credentials of another account", async () => {
    const before = (await bench.records.unmanaged.accounts())[0]?.search;
    const [account] = bench.context.settings.accounts;
    const settings = {
      ...bench.context.settings,
      accounts: [{ ...account, name: ACCOUNT, account: "999999999999" }],
    };
    const context = { ...bench.context, settings } as typeof bench.context;
    await searchAccount(context, ACCOUNT, AbortSignal.timeout(50_000));
    expect(await bench.records.detectors.byName(`unmanaged:${ACCOUNT}`)).toMatchObject({
      problem: expect.stringMatching(/should be 999999999999.*of 123456789012/),
    });
    await bench.records.stacks.declare([aStack()], new Date(), { keeps: () => true });
    bench.clock.later(1000);
    await search();
    expect((await bench.records.unmanaged.accounts())[0]?.search).toEqual(before);
  });

  describe("by the providers of the stacks", () => {
    const REFERENCE = "registry.terraform.io/anchorwatch/reference";
    const topicArn = (name: string) => `arn:reference:messages:eu-1:000000000000:topic/${name}`;

    /** Somebody works in that cloud past all code. */
    function makeByHand(path: string): void {
      editStore(path, ({ resources }) => {
        const [known] = Object.values(resources["reference_topic"] ?? {});
        const arn = topicArn("by-hand");
        resources["reference_topic"] = {
          ...resources["reference_topic"],
          [arn]: { ...known, id: arn, arn, name: "by-hand" },
        };
        const [bucket] = Object.values(resources["reference_bucket"] ?? {});
        resources["reference_bucket"] = {
          ...resources["reference_bucket"],
          loose: { ...bucket, id: "loose", arn: "", name: "loose" },
        };
      });
    }

    async function watched() {
      const sts = new STSClient({
        ...{ endpoint: moto.endpoint, region: REGION },
        credentials: { accessKeyId: "a", secretAccessKey: "b" },
      });
      // The account that the reference provider's cloud is of.
      const RoleArn = "arn:aws:iam::000000000000:role/search";
      const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: "search" }));
      sts.destroy();
      const credentials = {
        accessKeyId: Credentials?.AccessKeyId ?? "",
        secretAccessKey: Credentials?.SecretAccessKey ?? "",
        sessionToken: Credentials?.SessionToken ?? "",
      };
      const place = await watchBench(
        { resources: [topic("orders"), { type: "reference_bucket", name: "kept", set: { name: "kept" } }] },
        { machine: { awsConnection: async () => ({ endpoint: moto.endpoint, credentials }) } },
      );
      makeByHand(place.stack.storePath);
      const without = ["iam", "s3", "ec2", "kms", "lambda", "sqs", "sns", "events", "tagging"];
      const account = { name: "harbour", regions: [REGION], aws: {}, labels: {}, without };
      const watch = await place.start({ unmanaged: { everyMs: 3_600_000, accounts: [account], ignore: [] } });
      const { unmanaged } = watch.context.records;
      const searched = () =>
        until(async () => {
          const found = (await unmanaged.accounts())[0]?.search;
          expect(found).toBeDefined();
          return found;
        });
      const { stacks } = watch.context.records;
      await until(async () => expect(await stacks.byName(STACK_NAME)).toMatchObject({ health: "ok" }));
      await unmanaged.scheduleSearch("harbour", new Date());
      await searched();
      const searchAgain = async () => {
        const at = (await searched())?.startedAt;
        await unmanaged.scheduleSearch("harbour", new Date());
        return await until(async () => {
          const found = (await unmanaged.accounts())[0]?.search;
          expect(found?.startedAt).not.toEqual(at);
          return found;
        });
      };
      const told = async () => names(await unmanaged.list({ limit: 50 }));
      return { ...place, watch, unmanaged, searched, searchAgain, told };
    }

    it("tells of what none of their states has, says what was asked, and takes nothing away that it could not ask", async () => {
      const { stack, watch, unmanaged, searched, searchAgain, told, entries } = await watched();
      const BOTH = ["reference_bucket loose", `reference_topic ${topicArn("by-hand")}`];
      expect(await told()).toEqual(BOTH);
      expect(await searched()).toMatchObject({
        ...{ isComplete: true, things: 4, managed: 2, managedByGuess: 0, unmanaged: 2 },
        units: [
          {
            ...{ service: REFERENCE, region: "global", seen: 4, problems: [] },
            listed: ["reference_bucket", "reference_topic"],
            notListed: [{ type: "reference_role", because: expect.stringContaining("prefix") }],
          },
        ],
      });
      await until(async () =>
        expect(await entries()).toContainEqual(
          expect.objectContaining({
            kind: "drift.opened",
            data: expect.objectContaining({
              verdict: "unmanaged",
              resource: { type: "reference_bucket", provider: REFERENCE, id: "loose" },
            }),
          }),
        ),
      );
      // The one that reads the stack is asked, and given back.
      expect(watch.pool.status()).toMatchObject([{ source: REFERENCE, users: 0 }]);
      expect(watch.pool.status()).toHaveLength(1);

      editStore(stack.storePath, ({ resources }) => {
        delete resources["reference_bucket"]?.["loose"];
        delete resources["reference_topic"]?.[topicArn("by-hand")];
      });
      setFaults(stack.storePath, [{ kind: "error", call: "ListResource", type: "reference_topic" }]);
      const partial = await searchAgain();
      expect(partial).toMatchObject({
        isComplete: false,
        units: [{ seen: 1, problems: [{ kind: "denied", permission: "reference:ListResource" }] }],
      });
      expect(await told()).toEqual(BOTH);
      expect(await watch.context.records.detectors.byName("unmanaged:harbour")).toMatchObject({
        problem: expect.stringContaining("the identity lacks reference:ListResource"),
      });
      setFaults(stack.storePath, []);
      expect(await searchAgain()).toMatchObject({ isComplete: true });
      expect(await told()).toEqual([]);
      const [gone] = await unmanaged.list({ limit: 1, status: "closed" });
      expect(gone).toMatchObject({ end: "gone" });
    });
  });
});
