import fc from "fast-check";
import { expect, test } from "vitest";
import { JsonScanner, MAX_DEPTH } from "./scanner.ts";
import type { JsonFault } from "./types.ts";

class Fault extends Error {
  readonly fault: JsonFault;
  constructor(fault: JsonFault) {
    super(fault.kind);
    this.fault = fault;
  }
}

function scannerOf(text: string): JsonScanner {
  return new JsonScanner(Buffer.from(text), (fault) => new Fault(fault));
}

function faultOf(text: string): JsonFault | undefined {
  const scanner = scannerOf(text);
  try {
    scanner.value();
    scanner.finish();
    return undefined;
  } catch (error) {
    if (error instanceof Fault) return error.fault;
    throw error;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    // That it throws is the answer.
    return false;
  }
}

/** JSON with one character replaced, taken out or put in: most of it is nearly right. */
const nearlyJson = fc
  .tuple(fc.json({ maxDepth: 3 }), fc.nat(), fc.constantFrom(...'{}[]",:\\u0e+-.1tfn \n\t\u0000é'), fc.nat(2))
  .map(([text, at, char, how]) => {
    const place = at % (text.length + 1);
    return text.slice(0, place) + (how === 0 ? "" : char) + text.slice(how === 2 ? place : place + 1);
  });

test("accepts exactly what is JSON", () => {
  fc.assert(
    fc.property(nearlyJson, (text) => {
      expect(faultOf(text) === undefined).toBe(isJson(text));
    }),
    { numRuns: 3000 },
  );
});

test("whatever is cut off from a value is reported as ending too early", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.nat(), (value, at) => {
      const bytes = Buffer.from(JSON.stringify(value));
      const scanner = new JsonScanner(bytes.subarray(0, at % bytes.length), (fault) => new Fault(fault));
      expect(() => scanner.value()).toThrow("end");
    }),
  );
});

test("members and elements come in order, with the strings as written", () => {
  const scanner = scannerOf(' { "a\\u0062" : [ "x" , "\\"y\\u00e9" ] , "" : {} , "n" : -1.5e3 } ');
  const seen: unknown[] = [];
  scanner.object((key) => {
    seen.push(key);
    if (scanner.kind() === "array") {
      scanner.array((index) => {
        seen.push(index, scanner.string());
      });
    } else seen.push(scanner.token());
  });
  scanner.finish();
  expect(seen).toEqual(["ab", 0, "x", 1, '"yé', "", "{}", "n", "-1.5e3"]);
});

test("keys that share a slot of the key memory are not mixed up", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string({ maxLength: 3 })), (keys) => {
      const text = `{${keys.map((key) => `${JSON.stringify(key)}:0`).join()}}`;
      const scanner = scannerOf(text);
      const seen: string[] = [];
      scanner.object((key) => {
        seen.push(key);
        scanner.value();
      });
      expect(seen).toEqual(keys);
    }),
  );
});

test("strings that are no keys are told of, wherever they stand", () => {
  const text = '{"k": "a", "l": [{"m": "b\\n"}, [], {}, "c"], "n": 1}';
  const seen: [string, boolean][] = [];
  scannerOf(text).strings((start, end, escaped) => seen.push([text.slice(start, end), escaped]));
  expect(seen).toEqual([
    ['"a"', false],
    ['"b\\n"', true],
    ['"c"', false],
  ]);
});

test("nesting is limited, and a million brackets end no stack", () => {
  expect(faultOf("[".repeat(MAX_DEPTH) + "]".repeat(MAX_DEPTH))).toBeUndefined();
  expect(faultOf("[".repeat(1_000_000))).toEqual({ kind: "depth", offset: MAX_DEPTH });
  expect(faultOf('{"a":'.repeat(1_000_000))).toMatchObject({ kind: "depth" });
});

test("an unexpected byte is reported where it stands", () => {
  expect(faultOf('{"a": tru}')).toEqual({ kind: "unexpected", offset: 9, expected: "true" });
  expect(faultOf('{"a" 1}')).toEqual({ kind: "unexpected", offset: 5, expected: ":" });
  expect(faultOf("[1] x")).toEqual({ kind: "unexpected", offset: 4, expected: "the end" });
});
