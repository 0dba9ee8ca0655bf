import { expect, test } from "vitest";
import { primitives } from "#primitives";
import { hashingConforms, proofsConform, publishedVectorsPass } from "./conformance.fixture.ts";
import { primitives as node } from "./primitives/node.ts";

test("Node takes node:crypto", () => {
  expect(primitives).toBe(node);
});

hashingConforms();
proofsConform(130);
publishedVectorsPass();
