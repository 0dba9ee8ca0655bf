/** Writing to a cloud through its provider: plan, apply exactly that plan, read again. */
import type { SchemaIndex } from "../schema/index.ts";
import type { Method } from "../wire/rpc.ts";
import { applyChange, type EncodedPlan, type EncodedState, type PlanInput } from "./calls.ts";
import type { CallLimits } from "./connection.ts";
import { type ProviderReader, READING, readingCalls } from "./reader.ts";
import { ProviderSession, type SessionOptions } from "./session.ts";

export interface ProviderWriter extends Omit<ProviderReader, "purpose"> {
  readonly purpose: "write";
  readonly schemas: SchemaIndex;
  /** Applies a plan that this provider made from the same input, unmodified. */
  apply(input: PlanInput, plan: EncodedPlan, limits: CallLimits): Promise<EncodedState>;
}

const WRITING: ReadonlySet<Method> = new Set<Method>([...READING, "apply"]);

/** Starts and configures a provider for writing, with credentials that may write. */
export async function openWriter(
  options: Omit<SessionOptions, "allowed" | "validate">,
): Promise<ProviderWriter> {
  const session = new ProviderSession({ ...options, allowed: WRITING, validate: "first" });
  const schemas = await session.start();
  return {
    purpose: "write",
    schemas,
    ...readingCalls(session, schemas),
    apply: (input, plan, limits) =>
      session.use((connection) => applyChange(connection, input, plan, limits), limits.signal),
    close: () => session.close(),
  };
}
