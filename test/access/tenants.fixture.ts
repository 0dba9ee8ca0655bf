/** One installation that two teams share, each with something of every kind, and people of every role. */
import { randomBytes } from "node:crypto";
import type { Alert, AlertId } from "../../packages/anchorwatch/src/alerts/alert.ts";
import { causeKey } from "../../packages/anchorwatch/src/alerts/grouping/cause.ts";
import type { AlertRecords } from "../../packages/anchorwatch/src/alerts/records.ts";
import type { KnownRequester } from "../../packages/anchorwatch/src/app/access/requester.ts";
import type { AlertContext } from "../../packages/anchorwatch/src/app/alerts/alertContext.ts";
import { DEFAULT_ALERTS } from "../../packages/anchorwatch/src/app/alerts/alertSettings.ts";
import { servedAlerts } from "../../packages/anchorwatch/src/app/alerts/servedAlerts.ts";
import { tellables } from "../../packages/anchorwatch/src/app/alerts/tellables.ts";
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
import { createAlertRecords } from "../../packages/anchorwatch/src/store/alertRecords.ts";
import type { Database } from "../../packages/anchorwatch/src/store/connect.ts";
import { createDriftsInStacks } from "../../packages/anchorwatch/src/store/driftsInStacks.ts";
import {
  aCheck,
  aDrift,
  anEvent,
  aStack,
  aStep,
  at,
} from "../../packages/anchorwatch/src/store/records.fixture.ts";
import { createUnmanagedInAccounts } from "../../packages/anchorwatch/src/store/unmanagedInAccounts.ts";
import { createWatchRecords } from "../../packages/anchorwatch/src/store/watchRecords.ts";
import type { ClaimId } from "../../packages/anchorwatch/src/watch/claim.ts";
import type { ExceptionId } from "../../packages/anchorwatch/src/watch/exception.ts";
import type { FreezeId } from "../../packages/anchorwatch/src/watch/freeze.ts";
import type { WatchRecords } from "../../packages/anchorwatch/src/watch/records.ts";
import type { RunId } from "../../packages/anchorwatch/src/watch/runId.ts";
import type { StackId, WatchedStack } from "../../packages/anchorwatch/src/watch/stack.ts";
import type { UnmanagedId } from "../../packages/anchorwatch/src/watch/unmanaged.ts";
import { type AccessServer, accessServer, Somebody } from "./accessServer.fixture.ts";

export type Team = "red" | "blue";

/** Ids of what a team has. Each holds the team's name, so that it is found wherever it leaks. */
export interface TeamThings {
  readonly stack: string;
  readonly other: string;
  readonly drift: string;
  readonly alert: string;
  readonly exception: string;
  readonly freeze: string;
  readonly run: string;
  readonly unmanaged: string;
  readonly account: string;
}

export interface Tenants {
  readonly server: AccessServer;
  /** Of the alerts of both teams, which the channel `chat` is to be told of. */
  readonly alerts: AlertContext;
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
    Readonly<
      Record<"users" | "role-assignments" | "tokens" | "sessions" | "passkeys" | "chat-accounts", string>
    >
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
  const alertRecords = createAlertRecords(database);
  for (const team of ["red", "blue"] as const) await addAlert(alertRecords, things[team]);
  const alertContext: AlertContext = {
    ...{ records: alertRecords, settings: () => DEFAULT_ALERTS },
    drifts: tellables(createDriftsInStacks(database), createUnmanagedInAccounts(database)),
    ...{
      seenOf: async () => new Map(),
      ownersOf: async () => [],
      isBreakGlass: () => false,
      origin: () => "https://here",
      now: () => new Date(),
    },
    ...{ newId: () => randomBytes(16).toString("hex"), onWarning: () => {} },
  };
  const noChannel = () => {
    throw new TypeError("there are no channels");
  };
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
    alerts: servedAlerts(alertContext, noChannel, memoryWatch().addException),
    playbooks: { ...memoryWatch().playbooks, runs: records.playbooks, freezes: records.freezes },
    addStack: (wanted: WantedStack, requester: KnownRequester) => addStack(wanted, requester, adding),
  };
  const server = await accessServer(database, {
    ...watch,
    checkNow: async () => "queued",
    removeStack: async () => "removed",
  });
  return {
    ...{ server, things, alerts: alertContext },
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
  await records.exceptions.save({
    ...{ kind: "ignore", pattern: { path: "tags" }, until: at(9999), evenCritical: false },
    ...{
      id: `${team}-exception` as ExceptionId,
      stackId: stack.id,
      reason: `${team} knows`,
      by: `${team}-kim`,
    },
    ...{ at: at(hour), updatedAt: at(hour), state: "active", version: 1 },
  });
  await records.freezes.save({
    ...{ id: `${team}-freeze` as FreezeId, stackId: stack.id, reason: `${team} waits` },
    ...{
      by: `${team}-kim`,
      byName: `${team} Kim`,
      at: at(hour),
      updatedAt: at(hour),
      state: "active",
      version: 1,
    },
  });
  await records.playbooks.add({
    ...{ id: `${team}-run` as RunId, key: `${team}-key`, playbook: "exposed", digest: "sha256:00" },
    ...{ driftId: drift.id, stackId: stack.id, event: "opened", status: "done", startedAt: at(hour) },
    ...{ updatedAt: at(hour), endedAt: at(hour) },
    steps: [{ kind: "freeze", does: `freeze ${team}`, status: "done", attempts: 1 }],
  });
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
    alert: `${team}-alert`,
    exception: `${team}-exception`,
    freeze: `${team}-freeze`,
    run: `${team}-run`,
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

async function addAlert({ alerts }: AlertRecords, { alert: id, drift, stack }: TeamThings) {
  const cause = { kind: "drift", drift } as const;
  const times = { openedAt: at(0), begunAt: at(0), updatedAt: at(0), joinedAt: at(0) };
  const alert: Alert = {
    ...{ id: id as AlertId, cause, status: "open", severity: "high", class: "security", ...times },
    ...{ times: 1, raised: 0, escalation: 0, ladder: [] },
  };
  await alerts.save([{ alert, key: causeKey(cause), first: { stack }, nextMoment: undefined }]);
  const member = {
    isOpen: true,
    severity: "high",
    class: "security",
    channels: ["chat"],
    further: [],
  } as const;
  await alerts.saveMembers([{ ...member, alert: alert.id, drift, joinedAt: at(0) }]);
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
  const account = { service: "slack", team: "T1", account: user.id, name: "other" } as const;
  const chatAccount = { ...account, id: `chat-${user.id}`, userId: user.id, linkedAt: at(0) };
  await records.chatAccounts.add(chatAccount);
  return {
    ...{ users: user.id, "role-assignments": assignment.id, tokens: token.id },
    ...{ sessions: session.id, passkeys: passkey.id, "chat-accounts": chatAccount.id },
  };
}
