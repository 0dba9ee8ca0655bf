/**
 * A cty value in JavaScript. Lists, sets and tuples are arrays (a set in the order of the wire), maps and objects have
 * a null prototype. Integers beyond 2^53 are bigints; other numbers that a double cannot hold are {@link CtyDecimal}.
 */
export type CtyValue =
  | null
  | boolean
  | string
  | number
  | bigint
  | CtyDecimal
  | CtyUnknown
  | CtyDynamic
  | readonly CtyValue[]
  | { readonly [key: string]: CtyValue };

/** The exact decimal form of a number that is neither an integer nor a double. */
export class CtyDecimal {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/**
 * A value that is not known yet. `refinements` are the raw MessagePack bytes of what is known all the same
 * (not null, a prefix, bounds), kept so that nothing is lost on the way back.
 * @see https://github.com/zclconf/go-cty/blob/main/docs/refinements.md
 */
export class CtyUnknown {
  readonly refinements: Uint8Array | undefined;
  constructor(refinements?: Uint8Array) {
    this.refinements = refinements;
  }
}

/** A value whose type is not in the schema but travels with it. */
export class CtyDynamic {
  /** The cty type as the protocol writes it in JSON. */
  readonly typeJson: string;
  readonly value: CtyValue;
  constructor(typeJson: string, value: CtyValue) {
    this.typeJson = typeJson;
    this.value = value;
  }
}

export type CtyObject = { readonly [key: string]: CtyValue };

export function isCtyObject(value: CtyValue | undefined): value is CtyObject {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof CtyDecimal) &&
    !(value instanceof CtyUnknown) &&
    !(value instanceof CtyDynamic)
  );
}
