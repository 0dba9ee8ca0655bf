import { EvaluationFailure } from "../failure.ts";
import type { References, Scope } from "./scope.ts";

/** For values that must stand alone, such as defaults of variables. */
const NO_REFERENCES: References = {
  attribute: (root, name) => refuse(`${root}.${name}`),
  data: (type, name) => refuse(`data.${type}.${name}`),
  moduleOutput: (call, _, output) => refuse(`module.${call}.${output}`),
};

function refuse(reference: string): never {
  throw new EvaluationFailure(`\`${reference}\`: a value here must not refer to anything`);
}

export const EMPTY_SCOPE: Scope = { names: new Map(), references: NO_REFERENCES };
