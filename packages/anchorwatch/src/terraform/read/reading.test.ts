import { encodeCty, ProviderError, type ProviderReader, parseType, type Schema } from "tfprovider";
import { expect, it } from "vitest";
import { scanState } from "../state/index.ts";
import { readInstance } from "./reading.ts";

const TYPE = parseType(["object", { n: "number" }]);
const FLAGS = {
  required: false,
  optional: true,
  computed: false,
  sensitive: false,
  writeOnly: false,
  deprecated: false,
};
const SCHEMA: Schema = {
  version: 3,
  block: { attributes: new Map([["n", { type: { kind: "number" }, ...FLAGS }]]), blocks: new Map() },
  type: TYPE,
};

const value = (n: number) => encodeCty({ n }, TYPE);

interface Answers {
  /** The value that the provider makes of the record; the record itself when absent. */
  readonly upgraded?: Uint8Array;
  readonly read: (current: Uint8Array) => Uint8Array;
}

function readerThat({ upgraded = value(1), read }: Answers) {
  const calls: string[] = [];
  const refused = () => Promise.reject(new TypeError("not part of reading"));
  const reader: ProviderReader = {
    purpose: "read",
    schemas: { resource: () => SCHEMA } as unknown as ProviderReader["schemas"],
    upgrade: async () => {
      calls.push("upgrade");
      return upgraded;
    },
    read: async (_type, current) => {
      calls.push("read");
      return { value: read(current), private: Buffer.from("kept"), warnings: [] };
    },
    plan: refused,
    import: refused,
    list: refused,
    identities: refused,
    close: async () => {},
  };
  return { reader, calls };
}

function instanceOf(version: number, attributes: object = { n: 1 }) {
  const provider = 'provider["registry.terraform.io/hashicorp/x"]';
  const instances = [{ schema_version: version, attributes }];
  const state = {
    version: 4,
    terraform_version: "1.9.0",
    serial: 1,
    lineage: "l",
    outputs: {},
    resources: [{ mode: "managed", type: "x_y", name: "z", provider, instances }],
  };
  const [instance] = scanState(Buffer.from(JSON.stringify(state)), "test").instances;
  if (instance === undefined) throw new TypeError("one instance");
  return instance;
}

const LIMITS = { deadlineMs: 1000, signal: new AbortController().signal, sleep: async () => {} };

it("needs one call for what is as recorded under the present schema", async () => {
  const { reader, calls } = readerThat({ read: (current) => current });
  expect(await readInstance(instanceOf(3), reader, LIMITS)).toEqual({ kind: "same" });
  expect(calls).toEqual(["read"]);
});

it("has a record of another schema version upgraded first", async () => {
  const { reader, calls } = readerThat({ upgraded: value(7), read: () => value(7) });
  expect(await readInstance(instanceOf(2), reader, LIMITS)).toEqual({ kind: "same" });
  expect(calls).toEqual(["upgrade", "read"]);
});

it("has a record upgraded that is not plain", async () => {
  const { reader, calls } = readerThat({ read: (current) => current });
  expect(await readInstance(instanceOf(3, { n: 1, gone: true }), reader, LIMITS)).toEqual({ kind: "same" });
  expect(calls).toEqual(["upgrade", "read"]);
});

it("takes a difference for one only by the record that the provider made", async () => {
  const { reader, calls } = readerThat({ read: () => value(2) });
  expect(await readInstance(instanceOf(3), reader, LIMITS)).toEqual({
    kind: "differs",
    recorded: value(1),
    live: value(2),
    private: Buffer.from("kept"),
  });
  expect(calls).toEqual(["read", "upgrade"]);
});

it("reads again where the provider makes another record of it", async () => {
  const { reader, calls } = readerThat({
    upgraded: value(5),
    read: (current) => (Buffer.compare(current, value(5)) === 0 ? value(5) : value(2)),
  });
  expect(await readInstance(instanceOf(3), reader, LIMITS)).toEqual({ kind: "same" });
  expect(calls).toEqual(["read", "upgrade", "read"]);
});

it("tells why a read was refused", async () => {
  const refusal = new ProviderError("provider_diagnostics", "AccessDenied");
  const { reader, calls } = readerThat({
    read: () => {
      throw refusal;
    },
  });
  await expect(readInstance(instanceOf(3), reader, LIMITS)).rejects.toBe(refusal);
  expect(calls).toEqual(["read", "upgrade"]);
});

it("believes no refusal of a record that the provider would have changed", async () => {
  const { reader, calls } = readerThat({
    upgraded: value(5),
    read: (current) => {
      if (Buffer.compare(current, value(5)) !== 0)
        throw new ProviderError("provider_diagnostics", "what is 1?");
      return current;
    },
  });
  expect(await readInstance(instanceOf(3), reader, LIMITS)).toEqual({ kind: "same" });
  expect(calls).toEqual(["read", "upgrade", "read"]);
});

it("asks nothing more of a provider that crashed", async () => {
  const crash = new ProviderError("provider_crashed", "exit status 2");
  const { reader, calls } = readerThat({
    read: () => {
      throw crash;
    },
  });
  await expect(readInstance(instanceOf(3), reader, LIMITS)).rejects.toBe(crash);
  expect(calls).toEqual(["read"]);
});
