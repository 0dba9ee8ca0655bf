import type { HclResource } from "../documents/hcl.ts";
import type { TreeMap } from "../documents/tree.ts";

/** One part of the connection, in both languages. */
export interface Part {
  readonly terraform: readonly HclResource[];
  /** By logical id. */
  readonly cloudFormation: Readonly<Record<string, CloudFormationResource>>;
}

export interface CloudFormationResource {
  readonly type: string;
  /** Above it, for people. */
  readonly comment?: string;
  /** Of resources that a deleted stack must leave behind. */
  readonly retained?: boolean;
  readonly dependsOn?: string;
  readonly properties: TreeMap;
}

/** `read-1` → `read_1`. */
export function terraformName(id: string): string {
  return id.replaceAll("-", "_");
}

export function joined(parts: readonly Part[]): Part {
  return {
    terraform: parts.flatMap(({ terraform }) => terraform),
    cloudFormation: Object.assign(
      {},
      ...parts.map(({ cloudFormation }) => cloudFormation),
    ) as Part["cloudFormation"],
  };
}
