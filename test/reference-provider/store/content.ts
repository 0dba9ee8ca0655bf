/** What the JSON file holds that plays the cloud. Tests and people edit it by hand: that is its console. */
import { ReferenceProviderError } from "../error.ts";
import { isJsonArray, isJsonObject, type Json, type JsonObject } from "../values/json.ts";
import type { Fault } from "./fault.ts";

export interface StoreContent {
  /** Type, then id, then attributes. Numbers that a double cannot hold are strings of their digits. */
  resources: { [type: string]: { [id: string]: JsonObject } };
  /** Looked through in order; the first that fits a call is acted out. */
  faults?: readonly Fault[];
  access?: Access;
  /** Counts creations, so that a second object of one name gets another id. */
  sequence?: number;
}

/** Who may do what. Everybody may do everything without it. */
interface Access {
  /** The provider's `token` must be one of these. */
  readonly tokens?: readonly string[];
  /** Roles (`assume_role`) that may read and not write. */
  readonly readers?: readonly string[];
}

/** @throws ReferenceProviderError `store_invalid`, naming the file and what is wrong in it */
export function parseContent(text: string, path: string): StoreContent {
  const json = parse(text, path);
  if (!isJsonObject(json)) throw invalid(path, "it must be an object");
  const resources = json["resources"] ?? {};
  if (!isJsonObject(resources)) throw invalid(path, '"resources" must be an object of types');
  for (const [type, byId] of Object.entries(resources)) {
    if (!isJsonObject(byId)) throw invalid(path, `"resources"."${type}" must be an object of ids`);
  }
  if (json["faults"] !== undefined && !isJsonArray(json["faults"])) {
    throw invalid(path, '"faults" must be a list');
  }
  return { ...json, resources } as unknown as StoreContent;
}

/** One resource a line: a change shows in a diff, and a line can be edited with `sed`. */
export function formatContent(content: StoreContent): string {
  const { resources, ...rest } = content;
  const types = Object.entries(resources).map(([type, byId]) => {
    const lines = Object.entries(byId).map(
      ([id, value]) => `\n      ${JSON.stringify(id)}: ${JSON.stringify(value)}`,
    );
    return `\n    ${JSON.stringify(type)}: {${lines.join(",")}\n    }`;
  });
  const others = Object.entries(rest).map(
    ([key, value]) => `,\n  ${JSON.stringify(key)}: ${JSON.stringify(value)}`,
  );
  return `{\n  "resources": {${types.join(",")}\n  }${others.join("")}\n}\n`;
}

function parse(text: string, path: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    throw new ReferenceProviderError("store_invalid", `${path} is not JSON`, { cause });
  }
}

function invalid(path: string, why: string): ReferenceProviderError {
  return new ReferenceProviderError("store_invalid", `${path}: ${why}`);
}
