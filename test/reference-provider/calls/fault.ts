/** Acts out the faults that the store asks for. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Fault, Occasion } from "../store/fault.ts";
import { errorDiagnostic, type WireDiagnostic } from "./diagnostic.ts";
import type { Session } from "./session.ts";

/** What the client gets in place of a proper answer. `given`: what it sent itself. */
export type Acted =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "value"; readonly value: Uint8Array }
  | { readonly kind: "given" }
  | { readonly kind: "unimplemented" }
  | { readonly kind: "diagnostic"; readonly diagnostic: WireDiagnostic };

/** No message: a field number that cannot be. */
const GARBAGE = Buffer.alloc(16, 0xff);
/** No MessagePack: this byte is never used. */
const GARBAGE_VALUE = Buffer.of(0xc1);
const DEFAULT_DELAY_MS = 1000;

/** Undefined when the call goes on after all. */
export async function actOut(fault: Fault, occasion: Occasion, session: Session): Promise<Acted | undefined> {
  switch (fault.kind) {
    case "crash":
      session.crash();
      return new Promise(() => undefined);
    case "hang":
      return cancelled(occasion, session);
    case "slow":
      return slow(fault.delayMs ?? DEFAULT_DELAY_MS, occasion, session);
    case "garbage":
      return { kind: "bytes", bytes: GARBAGE };
    case "garbage_value":
      return { kind: "value", value: GARBAGE_VALUE };
    case "stale":
      return { kind: "given" };
    case "unimplemented":
      return { kind: "unimplemented" };
    case "error":
      return refusal(occasion, 403, fault.message ?? accessDenied(occasion));
    case "throttle":
      return refusal(occasion, 429, fault.message ?? "ThrottlingException: Rate exceeded");
  }
}

function cancelled(occasion: Occasion, session: Session): Promise<Acted> {
  return new Promise((resolve) => {
    session.stopping.addEventListener("abort", () => resolve(contextCanceled(occasion)), { once: true });
  });
}

async function slow(delayMs: number, occasion: Occasion, session: Session): Promise<Acted | undefined> {
  const { stopping } = session;
  try {
    await sleep(delayMs, undefined, { signal: stopping });
    return undefined;
  } catch (error) {
    if (!stopping.aborted) throw error;
    return contextCanceled(occasion);
  }
}

function contextCanceled(occasion: Occasion): Acted {
  return { kind: "diagnostic", diagnostic: errorDiagnostic(subject(occasion), "context canceled") };
}

function refusal(occasion: Occasion, status: number, why: string): Acted {
  const detail = `operation error Reference: ${occasion.call}, https response error StatusCode: ${status}, api error ${why}`;
  return { kind: "diagnostic", diagnostic: errorDiagnostic(subject(occasion), detail) };
}

function accessDenied({ call, id }: Occasion): string {
  const on = id === undefined ? "" : ` on resource: ${id}`;
  return `AccessDenied: User: arn:reference:iam::000000000000:user/test is not authorized to perform: reference:${call}${on}`;
}

function subject({ call, type, id }: Occasion): string {
  const verb =
    call === "ReadResource" ? "reading" : call === "ApplyResourceChange" ? "writing" : `during ${call} of`;
  return `${verb} ${type ?? "the provider"}${id === undefined ? "" : ` (${id})`}`;
}
