/** Small states for the tests of this room. */

export function stateText(resources: readonly object[], more: object = {}): string {
  const header = { version: 4, terraform_version: "1.11.4", serial: 42, lineage: "3f-lineage", outputs: {} };
  return JSON.stringify({ ...header, ...more, resources, check_results: null }, undefined, 2);
}

export function resource(more: object = {}): object {
  const provider = 'provider["registry.terraform.io/hashicorp/aws"]';
  return { mode: "managed", type: "aws_vpc", name: "main", provider, ...more };
}

export function instance(more: object = {}): object {
  return { schema_version: 1, attributes: { id: "vpc-1" }, sensitive_attributes: [], ...more };
}

import type { StateSurroundings } from "./source/source.ts";

/** Surroundings of a check that nobody stops, in an empty environment; `secret` is what the scrubber knows. */
export function surroundings(more: Partial<StateSurroundings> = {}): StateSurroundings {
  return {
    environment: {},
    scrub: (text) => text.replaceAll("hunter2", "***"),
    deadlineMs: 20_000,
    signal: new AbortController().signal,
    ...more,
  };
}
