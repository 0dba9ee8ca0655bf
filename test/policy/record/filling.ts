/** Parameters of calls, with what the state knows of the resources. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { formatAddress } from "../../../packages/anchorwatch/src/domain/address.ts";
import type { JsonValue } from "../../../packages/anchorwatch/src/domain/jsonValue.ts";
import { SupportError } from "../../support/error.ts";
import type { Call } from "./case.ts";

type Attributes = { readonly [name: string]: JsonValue };

/** Attributes of the estate's resources, by their addresses. */
export type Recorded = ReadonlyMap<string, Attributes>;

interface State {
  readonly resources: readonly {
    readonly mode: "managed" | "data";
    readonly type: string;
    readonly name: string;
    readonly instances: readonly { readonly index_key?: string | number; readonly attributes: Attributes }[];
  }[];
}

export function recordedIn(folder: string): Recorded {
  const state = JSON.parse(readFileSync(join(folder, "terraform.tfstate"), "utf8")) as State;
  return new Map(
    state.resources.flatMap(({ mode, type, name, instances }) =>
      instances.map(({ index_key: key, attributes }) => [
        formatAddress({ module: "", mode, type, name, ...(key !== undefined && { key }) }),
        attributes,
      ]),
    ),
  );
}

/** `{ $json: … }` becomes a text in JSON, as policies are given. */
export function filled(call: Call, address: string, recorded: Recorded): Call {
  const parameters = filledValue(call.parameters, address, recorded);
  return { ...call, parameters: parameters as Call["parameters"] };
}

function filledValue(value: JsonValue | undefined, address: string, recorded: Recorded): JsonValue {
  if (typeof value === "string") return filledText(value, address, recorded);
  if (value === undefined || value === null || typeof value !== "object") return value ?? null;
  if (Array.isArray(value)) return value.map((item: JsonValue) => filledValue(item, address, recorded));
  const entries = Object.entries(value).map(
    ([key, item]) => [key, filledValue(item, address, recorded)] as const,
  );
  const [first] = entries;
  if (entries.length === 1 && first?.[0] === "$json") return JSON.stringify(first[1]);
  return Object.fromEntries(entries);
}

const PLACE = /<(?:([^<>:]+):)?([a-z0-9_.]+)>/g;

function filledText(text: string, address: string, recorded: Recorded): string {
  return text.replace(PLACE, (_, other: string | undefined, path: string) => {
    let value: JsonValue | undefined = recorded.get(other ?? address);
    for (const step of path.split("."))
      value = typeof value === "object" && value !== null ? (value as Attributes)[step] : undefined;
    if (value === undefined || value === null)
      throw new SupportError("unexpected_output", `${other ?? address} has no ${path}.`);
    return String(value);
  });
}
