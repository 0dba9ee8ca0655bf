/** Types of which the provider can tell what exists, what a listing may be asked for, and by what it tells them apart. */
import type { CtyObject } from "../../../packages/tfprovider/src/cty/value.ts";
import type { BlockSpec } from "../schema/specification.ts";
import { optional, required } from "./attributes.ts";

interface ListedType {
  readonly block: BlockSpec;
  /** Names of texts. */
  readonly identity: readonly string[];
  readonly identityOf: (id: string) => CtyObject;
}

const PREFIX: BlockSpec = {
  attributes: { prefix: optional("string", { description: "What the name begins with." }) },
};

/** Of others it cannot tell. */
export const LISTED: Readonly<Record<string, ListedType>> = {
  reference_bucket: {
    block: PREFIX,
    identity: ["account", "bucket"],
    identityOf: (bucket) => ({ account: "000000000000", bucket }),
  },
  // There may be too many to list them without being told which.
  reference_role: {
    block: { attributes: { prefix: required("string", { description: "What the name begins with." }) } },
    identity: ["id"],
    identityOf: (id) => ({ id }),
  },
  reference_topic: { block: PREFIX, identity: ["id"], identityOf: (id) => ({ id }) },
};
