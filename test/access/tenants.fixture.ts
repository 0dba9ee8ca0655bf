/** One installation that two teams share, each with something of every kind, and people of every role. */
import { randomBytes } from "node:crypto";
import type { KnownRequester } from "../../packages/anchorwatch/src/app/access/requester.ts";
import {
  addStack,
  type ManagingOptions,
  type WantedStack,
} from "../../packages/anchorwatch/src/app/watch/managing.ts";
import type { Role } from "../../packages/anchorwatch/src/auth/role.ts";
import { digestOf, newSecret } from "../../packages/anchorwatch/src/auth/secret.ts";
import { newApiToken } from "../../packages/anchorwatch/src/auth/token/apiToken.ts";
import type { UserId } from "../../packages/anchorwatch/src/auth/user.ts";
import type { Labels } from "../../packages/anchorwatch/src/domain/labels.ts";
import { memoryWatch } from "../../packages/anchorwatch/src/server/memoryWatch.fixture.ts";
import {
  aDigest,
  anAssignment,
  aSession,
  aToken,
  aUser,
} from "../../packages/anchorwatch/src/store/access/access.fixture.ts";
import type { Database } from "../../packages/anchorwatch/src/store/connect.ts";
import {
  aCheck,
  aDrift,
  anEvent,
  aStack,
  aStep,
  at,
} from "../../packages/anchorwatch/src/store/records.fixture.ts";
import { createWatchRecords } from "../../packages/anchorwatch/src/store/watchRecords.ts";
import type { ClaimId } from "../../packages/anchorwatch/src/watch/claim.ts";
import type { WatchRecords } from "../../packages/anchorwatch/src/watch/records.ts";
import type { StackId, WatchedStack } from "../../packages/anchorwatch/src/watch/stack.ts";
import type { UnmanagedId } from "../../packages/anchorwatch/src/watch/unmanaged.ts";
import { type AccessServer, accessServer, Somebody } from "./accessServer.fixture.ts";

export type Team = "red" | "blue";

/** Ids of what a team has. Each holds the team's name, so that it is found wherever it leaks. */
export interface TeamThings {
  readonly stack: string;
  readonly other: string;
  readonly drift: string;
  readonly unmanaged: string;
  readonly account: string;
}

export interface Tenants {
  readonly server: AccessServer;
  readonly things: Readonly<Record<Team, TeamThings>>;
  /** Somebody who has that role and no other, with a token. */
  readonly person: (
    role: Role | undefined,
    scope?: Labels,
  ) => Promise<Somebody & { readonly userId: string }>;
  /** Somebody at a browser who has just signed in, without any role. */
  readonly visitor: () => Promise<Somebody>;
  /** Ids of what somebody else has, by the part of the address that is before them. */
  readonly possessions: () => Promise<
    Readonly<Record<"users" | "role-assignments" | "tokens" | "sessions" | "passkeys", string>>
  >;
}

export async function tenants(database: Database): Promise<Tenants> {
  const records = createWatchRecords(database);
  const things = {
    red: await fill(records, "red", 0),
    blue: await fill(records, "blue", 1),
  };
  await records.unmanaged.declareAccounts(
    (["red", "blue"] as const).map((team) => ({
      name: things[team].account,
      labels: { team },
      regions: ["eu-central-1"],
      everyMs: 3_600_000,
    })),
    at(0),
  );
  await records.unmanaged.save((["red", "blue"] as const).map((team) => unmanagedOf(team, things[team])));
  // An event that touched both, one that touched nothing, and something that both have.
  const both = anEvent({ id: "event-both" });
  await records.events.receive([both, anEvent({ id: "event-nothing" })], at(1));
  await records.events.touched(
    (["red", "blue"] as const).map((team) => ({
      eventId: both.id,
      stackId: things[team].stack as StackId,
      address: `aws_sqs_queue.${team}`,
    })),
  );
  await records.claims.save(claim("claim-between", things.blue.stack, things.red.stack));
  const adding = {
    records,
    jobs: { send: async () => {} },
    now: () => at(9),
    sweepEveryMs: () => 60_000,
    // Whatever it names is fit to be watched.
    specOf: async (stack: WatchedStack) => ({ stack }),
  } as unknown as ManagingOptions;
  const watch = {
    ...memoryWatch(),
    records,
    addStack: (wanted: WantedStack, requester: KnownRequester) => addStack(wanted, requester, adding),
  };
  const server = await accessServer(database, {
    ...watch,
    checkNow: async () => "queued",
    removeStack: async () => "removed",
  });
  return {
    ...{ server, things },
    person: (role, scope = {}) => person(server, role, scope),
    visitor: () => visitor(server),
    possessions: () => possessions(server),
  };
}

async function fill(records: WatchRecords, team: Team, hour: number): Promise<TeamThings> {
  const labels = { team };
  const stack = aStack({
    id: `${team}-stack` as StackId,
    name: `${team}/network`,
    labels,
    declaredBy: "api",
  });
  const other = aStack({ id: `${team}-other` as StackId, name: `${team}/dns`, labels, declaredBy: "api" });
  for (const each of [stack, other]) await records.stacks.add(each);
  const drift = aDrift(stack.id, {
    id: `${team}-drift` as never,
    resource: `aws_sqs_queue.${team}`,
    address: `aws_sqs_queue.${team}`,
    updatedAt: at(hour),
    attributions: [attributionBy(team)],
  });
  await records.drifts.save(drift, aStep(drift));
  await records.checks.add(aCheck(stack.id, { id: `${team}-check` }));
  await records.claims.save(claim(`${team}-claim`, other.id, stack.id));
  await records.resources.replace(stack.id, [
    {
      address: `aws_sqs_queue.${team}`,
      type: "aws_sqs_queue",
      provider: "hashicorp/aws",
      id: `${team}-queue`,
    },
  ]);
  const event = anEvent({ id: `${team}-event` });
  await records.events.receive([event], at(hour));
  await records.events.touched([{ eventId: event.id, stackId: stack.id, address: `aws_sqs_queue.${team}` }]);
  await records.detectors.beat({ name: `stack:${team}/network`, at: at(hour), expectedWithinMs: 1000 });
  return {
    stack: stack.id,
    other: other.id,
    drift: drift.id,
    unmanaged: `${team}-unmanaged`,
    account: `${team}-account`,
  };
}

function attributionBy(team: Team) {
  return {
    eventId: `${team}-event`,
    eventName: "SetQueueAttributes",
    service: "sqs.amazonaws.com",
    time: at(0),
    actor: { principal: `arn:aws:iam::1:user/${team}-kim`, kind: "user", channel: "console" },
    person: { kind: "unmapped" },
    isDelivery: false,
  } as const;
}

function claim(id: string, one: string, two: string) {
  const stacks = [one, two].sort() as [string, string];
  return {
    id: id as ClaimId,
    stacks: stacks as unknown as readonly [StackId, StackId],
    status: "open",
    resources: [{ type: "aws_vpc", id: `vpc-${id}`, addresses: ["aws_vpc.a", "aws_vpc.b"] }],
    count: 1,
    openedAt: at(0),
    updatedAt: at(0),
    entryId: `entry-${id}`,
  } as const;
}

function unmanagedOf(team: Team, { unmanaged, account }: TeamThings) {
  return {
    id: unmanaged as UnmanagedId,
    account,
    region: "eu-central-1",
    type: "aws_s3_bucket",
    importId: `${team}-bucket`,
    unit: "s3",
    status: "open",
    digest: "sha256:01",
    attributes: {},
    tags: {},
    firstSeenAt: at(0),
    openedAt: at(0),
    seenAt: at(0),
    updatedAt: at(0),
    times: 1,
    attributions: [],
    entryId: `entry-${unmanaged}`,
  } as const;
}

async function person(server: AccessServer, role: Role | undefined, scope: Labels) {
  const { records, now, randomBytes: random } = server.context;
  const user = aUser();
  await records.users.add(user);
  if (role !== undefined) {
    await records.assignments.add(anAssignment({ kind: "user", id: user.id }, { role, scope }));
  }
  const { secret, digest } = newApiToken(random);
  const expiresAt = new Date(now().getTime() + 3_600_000);
  const token = aToken({ kind: "user", id: user.id }, { id: randomBytes(8).toString("hex"), expiresAt });
  await records.tokens.add(token, digest);
  return Object.assign(new Somebody(server.api), { token: secret, userId: user.id });
}

async function visitor(server: AccessServer): Promise<Somebody> {
  const { records, now, randomBytes: random } = server.context;
  const user = aUser();
  await records.users.add(user);
  const secret = newSecret(random);
  await records.sessions.add(sessionNow(user.id, now()), digestOf(secret));
  const somebody = new Somebody(server.api);
  somebody.session = secret;
  return somebody;
}

function sessionNow(userId: UserId, at: Date) {
  const endsAt = new Date(at.getTime() + 3_600_000);
  return aSession(userId, { startedAt: at, lastUsedAt: at, rotatedAt: at, endsAt });
}

async function possessions({ context: { records, now } }: AccessServer) {
  const user = aUser();
  await records.users.add(user);
  const assignment = anAssignment({ kind: "user", id: user.id });
  await records.assignments.add(assignment);
  const token = aToken({ kind: "user", id: user.id }, { expiresAt: new Date(now().getTime() + 3_600_000) });
  await records.tokens.add(token, aDigest());
  const session = sessionNow(user.id, now());
  await records.sessions.add(session, aDigest());
  const passkey = {
    ...{
      id: randomBytes(16).toString("base64url"),
      userId: user.id,
      publicKey: new Uint8Array(8),
      counter: 0,
    },
    ...{ transports: [], isBackedUp: false, name: "key", addedAt: now() },
  };
  await records.passkeys.add(passkey);
  return {
    ...{ users: user.id, "role-assignments": assignment.id, tokens: token.id },
    ...{ sessions: session.id, passkeys: passkey.id },
  };
}
