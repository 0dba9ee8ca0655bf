/** A pipeline exchanges the token that its forge made for it for one of ours. */
import { networkDoor, passDoors } from "../../auth/attempts/doors.ts";
import { networkOf } from "../../auth/attempts/network.ts";
import type { Token } from "../../auth/records.ts";
import { digestOf } from "../../auth/secret.ts";
import { newApiToken } from "../../auth/token/apiToken.ts";
import type { Workload } from "../../auth/workload/workload.ts";
import { keptClaims, type WorkloadClaims, whyOther } from "../../auth/workload/workloadClaims.ts";
import { refused, type WorkloadTokens } from "../../auth/workload/workloadTokens.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { EntryActor } from "../../ledger/entry/form.ts";
import type { AccessContext } from "./accessContext.ts";
import { accessEntry } from "./entries.ts";
import { noteFailed } from "./noting.ts";
import type { Requester } from "./requester.ts";

export interface WorkloadContext extends AccessContext {
  readonly workloadTokens: WorkloadTokens;
}

export interface SignedInWorkload {
  /** Whom the operator's file means. */
  readonly workload: string;
  /** `awt_…` */
  readonly token: string;
  readonly expiresAt: Date;
}

/** Long enough for a job's questions; whoever finds it in a log later finds nothing. */
const LASTS_MS = 15 * 60_000;
const USED = "workload-token";

/** @throws AnchorwatchError `workload_refused`, `sign_in_provider_unreachable`, `sign_in_provider_invalid`; TooOftenError */
export async function signInWorkload(
  context: WorkloadContext,
  given: string,
  requester: Requester,
): Promise<SignedInWorkload> {
  const { records, now, settings } = context;
  const { workloads } = settings();
  try {
    const verified = await context.workloadTokens.verify(given, workloads);
    const { workload, claims } = meantBy(verified, workloads);
    return await giveToken(context, workload, claims, verified, requester);
  } catch (error) {
    if (!(error instanceof AnchorwatchError)) throw error;
    await noteFailed(context, requester, { method: "workload", reason: error.message });
    if (error.code !== "workload_refused") throw error;
    // Many jobs share an address: those whose tokens are right are never kept waiting.
    const doors = [networkDoor("workload", networkOf(requester.address))];
    await passDoors(records.attempts, doors, "a pipeline's token", now());
    throw error;
  }
}

/** The first one of the file that it is. */
function meantBy(
  verified: Readonly<Record<string, unknown>>,
  workloads: readonly Workload[],
): { readonly workload: Workload; readonly claims: WorkloadClaims } {
  const reasons: string[] = [];
  for (const workload of workloads) {
    if (workload.issuer !== verified["iss"]) continue;
    const claims = keptClaims(verified, workload.forge);
    const why = whyOther(workload, claims);
    if (why === undefined) return { workload, claims };
    reasons.push(why);
  }
  throw refused([...new Set(reasons)].slice(0, 3).join("; or "));
}

async function giveToken(
  context: AccessContext,
  { name }: Workload,
  claims: WorkloadClaims,
  { iss, jti, exp }: { readonly iss?: string; readonly jti: string; readonly exp?: number },
  requester: Requester,
): Promise<SignedInWorkload> {
  const { records, now, newId, randomBytes, settings } = context;
  const at = now();
  const { secret, digest } = newApiToken(randomBytes);
  const expiresAt = new Date(at.getTime() + Math.min(LASTS_MS, settings().tokens.longestMs));
  const token: Token = {
    id: newId(),
    name,
    owner: { kind: "workload", name, claims },
    addedAt: at,
    expiresAt,
  };
  // A minute longer than the clocks' tolerance: what is forgotten must have expired for everybody.
  const forgottenAt = new Date(((exp ?? 0) + 90) * 1000);
  await records.transaction(async (inside) => {
    if (!(await inside.ceremonies.put(USED, digestOf(JSON.stringify([iss, jti])), {}, forgottenAt))) {
      throw refused("it was used before");
    }
    await inside.tokens.add(token, digest);
    const data = { method: "workload", strong: false, claims: { ...claims } } as const;
    const refs = [{ type: "token", id: token.id }] as const;
    await inside.outbox.put([accessEntry(context, "session.started", actorOf(name, requester), data, refs)]);
  });
  return { workload: name, token: secret, expiresAt };
}

function actorOf(name: string, { address }: Requester): EntryActor {
  return {
    type: "actor",
    id: name,
    name,
    channel: "ci",
    ...(address === "" ? {} : { sourceAddress: address }),
  };
}
