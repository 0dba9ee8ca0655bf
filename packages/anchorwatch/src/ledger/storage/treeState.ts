/** The file `.tree`: how far the log is durable. Nothing secret and nothing signed; it only says where a writer goes on. */
import { AnchorwatchError } from "../../domain/errors.ts";
import type { TreeState } from "./storage.ts";

const SCHEMA = "anchorwatch.tree/v1";
const ROOT = /^[A-Za-z0-9+/]{43}=$/;

export function formatTreeState({ size, root }: TreeState): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify({ schema: SCHEMA, size, root })}\n`);
}

/** `where` is named in the message. @throws AnchorwatchError `ledger_corrupt` */
export function parseTreeState(bytes: Uint8Array, where: string): TreeState {
  const found = parseJson(bytes);
  const { schema, size, root } = found ?? {};
  if (schema === SCHEMA && isSize(size) && typeof root === "string" && ROOT.test(root)) return { size, root };
  throw new AnchorwatchError("ledger_corrupt", `${where} does not say how far the log is written`, {
    hint: "Restore the log from a backup, or remove this one file: the signed checkpoint then says where to go on.",
    location: { file: where },
  });
}

function parseJson(bytes: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return typeof parsed === "object" && parsed !== null ? (parsed as Record<string, unknown>) : undefined;
  } catch {
    return undefined; // said by the caller, with the file's name
  }
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
