import fc from "fast-check";
import { expect, test } from "vitest";
import { AnchorwatchError } from "../../domain/errors.ts";
import { scanState } from "./scanState.ts";
import { instance, resource, stateText } from "./testing.fixture.ts";

function errorOf(content: string | Buffer): AnchorwatchError {
  try {
    scanState(Buffer.from(content), "infra/state.json");
  } catch (error) {
    if (error instanceof AnchorwatchError) return error;
    throw error;
  }
  throw new TypeError("the state was taken");
}

const whole = stateText([resource({ instances: [instance()] })]);

test.each([
  ["an empty file", "", "state_empty", "infra/state.json is empty"],
  ["white space alone", " \n\t ", "state_empty", "is empty"],
  [
    "text",
    "Error: no such file\n",
    "state_not_json",
    "infra/state.json:1:1: this is not JSON: expected a value, found 'E' (byte 0)",
  ],
  ["text that begins as null does", "no state\n", "state_not_json", "expected null"],
  ["a file full of zeros", Buffer.alloc(64), "state_not_json", "found a zero byte"],
  [
    "a missing comma",
    '{"version": 4,\n  "serial": 1 "é": 2}',
    "state_not_json",
    "infra/state.json:2:15: this is not JSON: expected a comma or }, found '\"'",
  ],
  ["something after the end", `${whole}}`, "state_not_json", "expected the end"],
  [
    "an array",
    "[]",
    "state_not_a_state",
    "is no Terraform state: it is JSON, but an array and not an object",
  ],
  ["other JSON", '{"name": "package"}', "state_not_a_state", 'it has no "version"'],
  [
    "what terraform show -json prints",
    '{"format_version": "1.0", "values": {}}',
    "state_not_a_state",
    'it has no "version"',
  ],
  ["version 0", '{"version": 0}', "state_not_a_state", "version 0"],
  [
    "version 3",
    '{"version": 3, "modules": []}',
    "state_version_old",
    "has the state version 3; version 4 is expected",
  ],
  ["version 1", '{"version": 1}', "state_version_old", "has the state version 1"],
  ["version 5", '{"version": 5, "resources": {}}', "state_version_new", "newer than 4"],
  [
    "a state that OpenTofu encrypted",
    '{"serial":1,"lineage":"l","meta":{"key_provider.pbkdf2.x":"eyJ"},"encrypted_data":"AAAA","encryption_version":"v0"}',
    "state_encrypted",
    "is encrypted by OpenTofu",
  ],
  ["UTF-16, as PowerShell writes", Buffer.from(`\ufeff${whole}`, "utf16le"), "state_encoding", "is UTF-16"],
  [
    "latin-1",
    Buffer.from('{"version": 4,\n "x": "caf\u00e9!"}', "latin1"),
    "state_encoding",
    "infra/state.json:2:11: this is not UTF-8 (byte 25)",
  ],
  [
    "a depth bomb",
    `{"version":4,"x":${"[".repeat(100_000)}`,
    "state_too_deep",
    "nested deeper than 500 levels",
  ],
  ["a version as text", '{"version": "4"}', "state_malformed", '"version" must be a number, found a string'],
  [
    "a version that is no whole number",
    '{"version": 4.5}',
    "state_malformed",
    '"version" must be a whole number from 0, found 4.5',
  ],
  [
    "two lists of resources",
    '{"version":4,"resources":[],"resources":[]}',
    "state_malformed",
    '"resources" comes twice in the state',
  ],
])("%s", (_, content, code, message) => {
  const error = errorOf(content);
  expect(error.message).toContain(message);
  expect(error.code).toBe(code);
  expect(error.hint).toBeTruthy();
  expect(error.location?.file).toBe("infra/state.json");
});

test("bytes that are no UTF-8 are found wherever they stand in a large file", () => {
  const text = "é".repeat(200_000);
  for (const at of [0, 1, 65_535, 65_536, 131_072, 399_999]) {
    const bytes = Buffer.from(text);
    bytes[at] = 0xff;
    // Within a character, its first byte is the wrong one.
    expect(errorOf(bytes).message).toContain(`this is not UTF-8 (byte ${at - (at % 2)})`);
  }
});

test("a name or number of megabytes is not quoted whole", () => {
  const long = "7".repeat(2_000_000);
  for (const content of [
    `{"version": 4, "serial": ${long}}`,
    stateText([resource({ provider: long, instances: [instance()] })]),
    stateText([resource({ mode: long, instances: [] })]),
  ]) {
    const error = errorOf(content);
    expect(error.code).toBe("state_malformed");
    expect(error.message.length).toBeLessThan(600);
  }
});

test.each([
  [
    "resources as an object",
    stateText([], {}).replace('"resources": []', '"resources": {}'),
    '"resources" must be an array, found an object',
  ],
  [
    "a resource that is none",
    stateText([]).replace('"resources": []', '"resources": [7]'),
    "resources[0] must be an object, found a number",
  ],
  [
    "an unknown mode",
    stateText([resource({ mode: "ephemeral", instances: [] })]),
    '"mode" of resources[0] must be "managed" or "data", found "ephemeral"',
  ],
  ["no type", stateText([resource({ type: undefined, instances: [] })]), 'resources[0] has no "type"'],
  ["no name", stateText([resource({ name: "", instances: [] })]), 'resources[0] has no "name"'],
  ["no instances", stateText([resource()]), 'resources[0] has no "instances"'],
  [
    "no attributes",
    stateText([resource({ instances: [instance({ attributes: undefined })] })]),
    'aws_vpc.main has no "attributes"',
  ],
  [
    "null attributes",
    stateText([resource({ instances: [instance({ attributes: null })] })]),
    'aws_vpc.main has no "attributes"',
  ],
  [
    "attributes as a list",
    stateText([resource({ instances: [instance({ attributes: [] })] })]),
    '"attributes" of resources[0].instances[0] must be an object or null, found an array',
  ],
  [
    "a key that is neither text nor number",
    stateText([resource({ instances: [instance({ index_key: true })] })]),
    '"index_key" of resources[0].instances[0] must be a string, found true or false',
  ],
  [
    "a negative schema version",
    stateText([resource({ instances: [instance({ schema_version: -1 })] })]),
    "must be a whole number from 0, found -1",
  ],
  [
    "flat attributes that are no strings",
    stateText([resource({ instances: [instance({ attributes_flat: { a: 1 } })] })]),
    '"a" in "attributes_flat" of resources[0].instances[0] must be a string',
  ],
  [
    "dependencies that are no names",
    stateText([resource({ instances: [instance({ dependencies: [1] })] })]),
    '"dependencies" of resources[0].instances[0][0] must be a string',
  ],
  [
    "a provider that is none",
    stateText([resource({ provider: "aws", instances: [instance()] })]),
    'aws_vpc.main names no provider: expected one such as provider["registry.terraform.io/hashicorp/aws"], found "aws"',
  ],
  [
    "an output that is none",
    stateText([], { outputs: { o: 1 } }),
    'output "o" must be an object, found a number',
  ],
])("a malformed part: %s", (_, content, message) => {
  const error = errorOf(content);
  expect(error.message).toContain(message);
  expect(error.code).toBe("state_malformed");
  expect(error.location).toMatchObject({ file: "infra/state.json", line: expect.any(Number) });
});

test("one address twice is refused, and named", () => {
  const error = errorOf(stateText([resource({ instances: [instance(), instance()] })]));
  expect(error).toMatchObject({ code: "state_duplicate_address", location: { address: "aws_vpc.main" } });
  const deposed = instance({ deposed: "ab" });
  expect(errorOf(stateText([resource({ instances: [deposed, deposed] })])).message).toContain(
    "holds aws_vpc.main (deposed object ab) twice",
  );
});

test("wherever a state is cut off, it is called cut off, at its last byte", () => {
  const text = stateText([resource({ instances: [instance({ attributes: { id: "vpc-é☃𝄞" } })] })]);
  const bytes = Buffer.from(text);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: bytes.length - 1 }), (length) => {
      const error = errorOf(bytes.subarray(0, length));
      expect(error.code).toBe("state_truncated");
      expect(error.message).toContain(`ends at byte ${length}`);
    }),
    { numRuns: 400 },
  );
});

test("whatever is done to a state, it is taken or refused with an error of its own", () => {
  const bytes = Buffer.from(whole);
  const outcomes = new Set<string>();
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.nat(255), fc.boolean(), (at, byte, insert) => {
      const changed = Buffer.concat([
        bytes.subarray(0, at),
        Buffer.of(byte),
        bytes.subarray(insert ? at : at + 1),
      ]);
      outcomes.add(outcomeOf(changed));
    }),
    { numRuns: 3000 },
  );
  expect([...outcomes].filter((outcome) => !/^(taken|state_[a-z_]+)$/.test(outcome))).toEqual([]);
  expect(outcomes).toContain("taken");
  expect(outcomes).toContain("state_not_json");
});

/** Reads everything, as a check would. */
function outcomeOf(bytes: Buffer): string {
  try {
    const state = scanState(bytes, "s");
    for (const one of state.instances) {
      state.referrersOf(one);
      state.holdersOf([one.id ?? "", ...one.sensitivePaths.map(String), one.private.toString()]);
      one.parseAttributes();
    }
    return "taken";
  } catch (error) {
    return error instanceof AnchorwatchError ? error.code : String(error);
  }
}
