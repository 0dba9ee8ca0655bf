import type { ProviderReader } from "tfprovider";
import { expect, it } from "vitest";
import { scanState } from "../state/index.ts";
import { createReadings } from "./readings.ts";

const STATE = {
  version: 4,
  serial: 1,
  resources: [
    {
      mode: "managed",
      type: "aws_x",
      name: "y",
      provider: 'provider["registry.terraform.io/hashicorp/aws"]',
      instances: [0, 1, 2].map((index) => ({
        index_key: index,
        schema_version: 0,
        attributes: { n: index },
      })),
    },
  ],
};

const LIMITS = { deadlineMs: 1000, signal: new AbortController().signal, sleep: async () => {} };

/** A reader whose objects with `n` 1 have changed; counts its reads. */
function countingReader() {
  const reads: string[] = [];
  const refused = () => Promise.reject(new TypeError("not part of reading"));
  const reader: ProviderReader = {
    purpose: "read",
    // Of another version than the records: each is upgraded.
    schemas: { resource: () => ({ version: 1 }) } as unknown as ProviderReader["schemas"],
    upgrade: async (_type, _version, recorded) => ("json" in recorded ? recorded.json : new Uint8Array()),
    read: async (_type, current) => {
      const text = Buffer.from(current).toString();
      reads.push(text);
      const value = text.includes("1") ? Buffer.from("other") : current;
      return { value, private: new Uint8Array(), warnings: [] };
    },
    plan: refused,
    import: refused,
    list: refused,
    identities: refused,
    close: async () => {},
  };
  return { reader, reads };
}

function setUp() {
  const { instances } = scanState(Buffer.from(JSON.stringify(STATE)), "test.tfstate");
  const { reader, reads } = countingReader();
  const readings = createReadings(
    async () => reader,
    () => LIMITS,
  );
  return { instances, reader, reads, readings };
}

it("reads each object once, however often it is asked for", async () => {
  const { instances, readings, reads } = setUp();
  for (const instance of [...instances, ...instances]) await readings.of(instance);
  expect(reads).toHaveLength(3);
});

it("keeps what differs apart from what is the same", async () => {
  const { instances, readings, reader } = setUp();
  const kinds: string[] = [];
  for (const instance of [...instances, ...instances]) {
    const object = await readings.of(instance);
    expect(object.reader).toBe(reader);
    kinds.push(object.reading.kind);
  }
  expect(kinds).toEqual(["same", "differs", "same", "same", "differs", "same"]);
});

it("holds one object for all that came back the same", async () => {
  const { instances, readings } = setUp();
  for (const instance of instances) await readings.of(instance);
  const [first, , third] = await Promise.all(instances.map((instance) => readings.of(instance)));
  expect(third).toBe(first);
});

it("reads again what was forgotten", async () => {
  const { instances, readings, reads } = setUp();
  const [first] = instances;
  if (first === undefined) throw new TypeError("the state has instances");
  await readings.of(first);
  readings.forget(first);
  await readings.of(first);
  expect(reads).toHaveLength(2);
});
