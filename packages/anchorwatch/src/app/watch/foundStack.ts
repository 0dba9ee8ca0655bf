import { hash } from "node:crypto";
import type { StackId, WatchedStack } from "../../watch/stack.ts";
import type { RepositoryRules } from "../policy/rules/repositoryRules.ts";
import type { StackSpec } from "./stacks/hotStack.ts";
import type { DeliverySettings } from "./watchSettings.ts";

/** A stack as a source has it, and how it is read. */
export interface FoundStack {
  readonly stack: WatchedStack;
  readonly spec: StackSpec;
  readonly delivery: DeliverySettings;
  /** What its repository says of why drift matters. */
  readonly policy?: RepositoryRules;
}

/** The same for the same name, in every process and after every start. A UUID of version 8 (RFC 9562, section 5.8). */
export function stackIdOf(name: string): StackId {
  const hex = hash("sha256", `anchorwatch stack ${name}`);
  const variant = ((Number.parseInt(hex[16] ?? "0", 16) & 3) | 8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}` as StackId;
}
