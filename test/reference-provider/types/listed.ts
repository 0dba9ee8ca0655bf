/** Types of which the provider can tell what exists, and what a listing may be asked for. */
import type { BlockSpec } from "../schema/specification.ts";
import { optional } from "./attributes.ts";

export const LISTED_TYPES: readonly string[] = ["reference_bucket", "reference_role", "reference_topic"];

export const LIST_BLOCK: BlockSpec = {
  attributes: { prefix: optional("string", { description: "What the name begins with." }) },
};
