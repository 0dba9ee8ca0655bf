/** A trail of what is done to a simulated cloud: moto records the requests, and the clients that made them tell how they ended. */
import { randomUUID } from "node:crypto";
import { type ApiCall, readApiCall } from "./apiCall.ts";
import { cloudTrailRecord, type Json, type Outcome } from "./cloudTrailRecord.ts";
import { type RecordedCall, recordedCalls, startRecording } from "./recordedCall.ts";
import type { ServiceModels } from "./services.ts";

export interface TrailRecorder {
  /** From now on the answers that this client gets are in the records. */
  listen(client: Client): void;
  /** The records of all calls since the last time, in the order in which they came. */
  take(): Promise<readonly Json[]>;
}

/** What a client of the AWS SDK takes for a plugin, as far as this needs it. */
interface ClientPlugin {
  applyToStack(stack: {
    add(middleware: Middleware, options: { readonly step: "deserialize"; readonly priority: "high" }): void;
  }): void;
}

/** Any client of the AWS SDK: each has a type of its own for plugins, and ours looks at nothing that they differ in. */
interface Client {
  readonly middlewareStack: { use(plugin: never): void };
}

type Handler = (args: { readonly request?: unknown }) => Promise<{ readonly output: object }>;
type Middleware = (next: Handler) => Handler;

export interface TrailRecorderOptions {
  readonly endpoint: string;
  readonly models: ServiceModels;
  readonly account?: string;
  readonly sourceAddress?: string;
  /** `userIdentity` of access keys; sessions that `AssumeRole` opened meanwhile are known. */
  readonly identities?: Readonly<Record<string, Json>>;
  /** What others did meanwhile (Terraform, a watch) becomes no record: only calls of clients that are listened to. */
  readonly onlyListened?: boolean;
}

const ACCOUNT = "123456789012";

/** Moto must have been started with a file for its recording. */
export async function recordTrail(options: TrailRecorderOptions): Promise<TrailRecorder> {
  const { endpoint, models, account = ACCOUNT, sourceAddress = "198.51.100.7", onlyListened } = options;
  const outcomes = new Map<string, Outcome>();
  const identities = new Map(Object.entries(options.identities ?? {}));
  let taken = 0;
  await startRecording(endpoint);
  const around = {
    account,
    sourceAddress,
    newId: () => randomUUID(),
    identityOf: (key: string) => identities.get(key) ?? someUser(account, key),
  };
  const plugin: ClientPlugin = {
    applyToStack: (stack) => stack.add(tap(outcomes), DESERIALIZE),
  };
  return {
    listen: ({ middlewareStack }) => middlewareStack.use(plugin as never),
    take: async () => {
      const calls = await recordedCalls(endpoint);
      const isListened = ({ headers }: RecordedCall) => outcomes.has(headers[INVOCATION] ?? "");
      const fresh = calls.slice(taken).filter((call) => onlyListened !== true || isListened(call));
      taken = calls.length;
      return fresh.map((recorded) => {
        const call = readApiCall(recorded, models);
        const outcome = call.invocation === undefined ? undefined : outcomes.get(call.invocation);
        const session = sessionOpenedBy(call, outcome, account);
        if (session !== undefined) identities.set(...session);
        return cloudTrailRecord(call, outcome, around);
      });
    },
  };
}

const INVOCATION = "amz-sdk-invocation-id";
const DESERIALIZE = { step: "deserialize", priority: "high" } as const;

/** Sees the request as it goes out and the answer as the caller gets it. */
function tap(outcomes: Map<string, Outcome>): Middleware {
  return (next) => async (args) => {
    const id = invocationOf(args.request);
    try {
      const result = await next(args);
      outcomes.set(id, { ok: true, output: result.output as Json });
      return result;
    } catch (error) {
      const { name, message } = error as Error;
      outcomes.set(id, { ok: false, code: name, message });
      throw error;
    }
  };
}

function invocationOf(request: unknown): string {
  const { headers = {} } = request as { readonly headers?: Readonly<Record<string, string>> };
  return headers[INVOCATION] ?? "";
}

function someUser(accountId: string, accessKeyId: string): Json {
  return {
    type: "IAMUser",
    principalId: "AIDAEXAMPLE",
    arn: `arn:aws:iam::${accountId}:user/${accessKeyId}`,
    accountId,
    accessKeyId,
    userName: accessKeyId,
  };
}

/** The identity of the session that a call opened, by its access key. */
function sessionOpenedBy(
  { service, operation, input }: ApiCall,
  outcome: Outcome | undefined,
  accountId: string,
): readonly [string, Json] | undefined {
  if (service !== "sts" || operation.name !== "AssumeRole" || outcome?.ok !== true) return undefined;
  const { Credentials, AssumedRoleUser } = outcome.output as {
    readonly Credentials: { readonly AccessKeyId: string };
    readonly AssumedRoleUser: { readonly Arn: string; readonly AssumedRoleId: string };
  };
  const role = String(input["RoleArn"]);
  const source = input["SourceIdentity"];
  const identity = {
    type: "AssumedRole",
    principalId: AssumedRoleUser.AssumedRoleId,
    arn: AssumedRoleUser.Arn,
    accountId,
    accessKeyId: Credentials.AccessKeyId,
    sessionContext: {
      sessionIssuer: {
        type: "Role",
        principalId: AssumedRoleUser.AssumedRoleId.split(":")[0],
        arn: role,
        accountId,
        userName: role.slice(role.lastIndexOf("/") + 1),
      },
      ...(source === undefined ? {} : { sourceIdentity: source }),
      attributes: { mfaAuthenticated: "false" },
    },
  };
  return [Credentials.AccessKeyId, identity];
}
