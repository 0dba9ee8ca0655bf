import type { ResourceTypeSpec } from "../schema/specification.ts";
import { computed, fixed, ID, mustBeJson, optional } from "./attributes.ts";

/** An object whose attributes have the types that are rare elsewhere. */
export const object: ResourceTypeSpec = {
  name: "reference_object",
  version: 0,
  idPrefix: "obj",
  block: {
    attributes: {
      id: ID,
      name: fixed("string"),
      content: optional("dynamic", { description: "A value of any type." }),
      document: optional("string", { sameWhen: "equal_json" }),
      class: optional("string", { sameWhen: "equal_ignoring_case" }),
      labels: optional(["map", "string"]),
      matrix: optional(["list", ["list", "number"]]),
      pair: optional(["tuple", ["string", "number"]]),
      parts: optional(["list", ["object", { name: "string", sizes: ["set", "number"] }]]),
      ratio: optional("number"),
      secrets: optional(["map", "string"], { sensitive: true }),
      etag: computed("string", {
        volatile: true,
        make: ({ id, prior }) => `${id}-${nextTag(prior?.["etag"])}`,
      }),
    },
    blocks: {
      part: {
        nesting: "map",
        block: { attributes: { size: optional("number"), digest: optional("string") } },
      },
    },
  },
  validate: (config) => mustBeJson(config, "document"),
};

function nextTag(etag: unknown): number {
  return typeof etag === "string" ? Number(etag.split("-").at(-1)) + 1 : 1;
}
