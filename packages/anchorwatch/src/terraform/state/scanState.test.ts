import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { ConfigAddress, ResourceAddress } from "../../domain/address.ts";
import { Decimal } from "../../domain/value.ts";
import type { StateInstance } from "./instance.ts";
import { scanState } from "./scanState.ts";
import type { StateFile } from "./stateFile.ts";
import { instance, resource, stateText } from "./testing.fixture.ts";

function scan(text: string): StateFile {
  return scanState(Buffer.from(text), "state.json");
}

function find(state: StateFile, address: string): StateInstance {
  const found = state.find(address as ResourceAddress);
  if (found === undefined) throw new TypeError(`the test's state has no ${address}`);
  return found;
}

const text = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString();

test("the header is read", () => {
  const state = scan(stateText([]));
  expect(state).toMatchObject({
    terraformVersion: "1.11.4",
    serial: 42,
    lineage: "3f-lineage",
    origin: "state.json",
  });
  expect(state.instances).toEqual([]);
});

test("instances of modules, counts and for_each have the addresses that Terraform writes", () => {
  const state = scan(
    stateText([
      resource({ instances: [instance()] }),
      resource({ type: "aws_subnet", instances: [instance({ index_key: 0 }), instance({ index_key: 1 })] }),
      resource({
        module: 'module.net["a.b"].module.inner[0]',
        instances: [instance({ index_key: 'k"]x' })],
      }),
      resource({ mode: "data", type: "aws_ami", name: "latest", instances: [instance()] }),
    ]),
  );
  expect(state.instances.map(({ address }) => address)).toEqual([
    "aws_vpc.main",
    "aws_subnet.main[0]",
    "aws_subnet.main[1]",
    'module.net["a.b"].module.inner[0].aws_vpc.main["k\\"]x"]',
    "data.aws_ami.latest",
  ]);
  expect(state.instances.map(({ configAddress }) => configAddress)).toEqual([
    "aws_vpc.main",
    "aws_subnet.main",
    "aws_subnet.main",
    "module.net.module.inner.aws_vpc.main",
    "data.aws_ami.latest",
  ]);
  expect(state.instances.map(({ mode }) => mode)).toEqual([
    "managed",
    "managed",
    "managed",
    "managed",
    "data",
  ]);
  expect(find(state, "aws_subnet.main[1]")).toMatchObject({
    key: 1,
    type: "aws_subnet",
    name: "main",
    module: "",
  });
  expect(state.instancesOf("aws_subnet.main" as ConfigAddress)).toHaveLength(2);
  expect(state.instancesOf("aws_nothing.main" as ConfigAddress)).toEqual([]);
});

test("deposed objects stand beside the object that replaced them", () => {
  const state = scan(
    stateText([
      resource({
        instances: [
          instance({ deposed: "ab12" }),
          instance({ attributes: { id: "new" } }),
          instance({ deposed: "cd34" }),
        ],
      }),
    ]),
  );
  expect(state.instances.map(({ deposed }) => deposed)).toEqual(["ab12", undefined, "cd34"]);
  expect(find(state, "aws_vpc.main").id).toBe("new");
  expect(state.instancesOf("aws_vpc.main" as ConfigAddress)).toHaveLength(3);
});

test("tainted objects, schema versions and provider configurations are told", () => {
  const state = scan(
    stateText([
      resource({
        provider: 'module.m.provider["registry.terraform.io/hashicorp/aws"].west',
        instances: [instance({ status: "tainted", schema_version: 3 })],
      }),
    ]),
  );
  expect(find(state, "aws_vpc.main")).toMatchObject({
    tainted: true,
    schemaVersion: 3,
    provider: { source: "registry.terraform.io/hashicorp/aws", alias: "west", module: "module.m" },
  });
});

test("an instance may have a provider configuration of its own, as OpenTofu's for_each makes them", () => {
  const key = 'provider["registry.opentofu.org/hashicorp/aws"].all["eu"]';
  const state = scan(
    stateText([{ ...resource({ instances: [instance({ provider: key })] }), provider: undefined }]),
  );
  expect(find(state, "aws_vpc.main").provider).toMatchObject({ alias: "all", key: "eu" });
});

test("attributes are the bytes as written, and a view on them", () => {
  const attributes =
    '{"id": "x", "big":123456789012345678901234567890,  "pi": 3.14159265358979323846, "n":null}';
  const state = scan(
    stateText([resource({ instances: [instance({ attributes: "@@" })] })]).replace('"@@"', attributes),
  );
  const found = find(state, "aws_vpc.main");
  expect(text(found.attributes)).toBe(attributes);
  expect(found.attributes.buffer).toBe(state.bytes.buffer);
  expect(found.recorded()).toEqual({ json: found.attributes });
  const value = found.parseAttributes();
  expect(value).toEqual(
    Object.assign(Object.create(null), {
      id: "x",
      big: 123456789012345678901234567890n,
      pi: new Decimal("3.14159265358979323846"),
      n: null,
    }),
  );
});

test("flat attributes of old providers are kept for the provider to upgrade", () => {
  const flat = { attributes: undefined, attributes_flat: { id: "vpc-1", "tags.%": "1", __proto__x: "y" } };
  const found = find(scan(stateText([resource({ instances: [instance(flat)] })])), "aws_vpc.main");
  expect(found.attributes).toHaveLength(0);
  expect(JSON.parse(text(found.attributesFlat) ?? "")).toEqual(flat.attributes_flat);
  expect(found.recorded()).toEqual({ flatmap: Object.assign(Object.create(null), flat.attributes_flat) });
  expect(found.id).toBe("vpc-1");
});

test("the id is found among other attributes, nested ones are not taken for it", () => {
  const ids = [
    { a: { id: "inner" }, id: "outer" },
    { nested: { id: "inner" } },
    { id: 17 },
    { id: null },
  ].map(
    (attributes) =>
      find(scan(stateText([resource({ instances: [instance({ attributes })] })])), "aws_vpc.main").id,
  );
  expect(ids).toEqual(["outer", undefined, "17", undefined]);
});

test("private data is decoded", () => {
  const state = scan(
    stateText([
      resource({
        instances: [instance({ index_key: 0, private: "eyJhIjoxfQ==" }), instance({ index_key: 1 })],
      }),
    ]),
  );
  expect(state.instances.map((one) => text(one.private))).toEqual(['{"a":1}', ""]);
});

test("private data that is no base64 is an error of that object alone", () => {
  const broken = instance({ index_key: 0, private: "no base64!" });
  const state = scan(stateText([resource({ instances: [broken, instance({ index_key: 1 })] })]));
  expect(() => find(state, "aws_vpc.main[0]").private).toThrow(
    expect.objectContaining({ code: "state_malformed", message: expect.stringContaining("aws_vpc.main[0]") }),
  );
  expect(find(state, "aws_vpc.main[1]").private).toHaveLength(0);
});

test("private data of many megabytes is no burden", () => {
  const data = Buffer.alloc(12_000_000, 7);
  const state = scan(stateText([resource({ instances: [instance({ private: data.toString("base64") })] })]));
  expect(data.equals(find(state, "aws_vpc.main").private)).toBe(true);
});

test("paths that were sensitive when applied are read", () => {
  const sensitive_attributes = [[{ type: "get_attr", value: "password" }]];
  const state = scan(
    stateText([
      resource({
        instances: [
          instance({ index_key: 0, sensitive_attributes }),
          instance({ index_key: 1, sensitive_attributes: [] }),
        ],
      }),
    ]),
  );
  expect(state.instances.map(({ sensitivePaths }) => sensitivePaths)).toEqual([[["password"]], []]);
});

test("only sensitive outputs are given, as exact values", () => {
  const outputs = {
    open: { value: "a", type: "string" },
    secret: { value: { password: "hunter2<", pin: 1 }, type: ["object", {}], sensitive: true },
    plain: { sensitive: false, value: "b" },
  };
  const state = scan(stateText([], { outputs }));
  expect(state.sensitiveOutputs).toEqual([
    { name: "secret", value: Object.assign(Object.create(null), { password: "hunter2<", pin: 1 }) },
  ]);
});

test("members may come in any order, and unknown ones are passed over", () => {
  const state = scan(
    `{"check_results": [{"status": "pass"}], "future": {"x": [1, {}]}, "resources": [{"instances": [{"attributes": {"id": "x"}, "index_key": "k"}],
      "provider": "provider.aws", "name": "n", "type": "t", "mode": "managed", "module": "module.late", "odd": 1}],
      "outputs": {"o": {"sensitive": true, "value": "s"}}, "serial": 1, "version": 4, "lineage": "l"}`,
  );
  expect(state.instances.map(({ address }) => address)).toEqual(['module.late.t.n["k"]']);
  expect(state.sensitiveOutputs).toEqual([{ name: "o", value: "s" }]);
});

test("a byte order mark at the beginning is no harm", () => {
  expect(scan(`\ufeff${stateText([resource({ instances: [instance()] })])}`).instances).toHaveLength(1);
});

test("null stands for nothing where Terraform allows it", () => {
  const state = scan(
    '{"version": 4, "serial": 0, "lineage": "", "outputs": null, "resources": null, "check_results": null}',
  );
  expect(state.instances).toEqual([]);
});

describe("who depends on whom", () => {
  const state = scan(
    stateText([
      resource({ type: "aws_iam_role", name: "app", module: "module.m[0]", instances: [instance()] }),
      resource({
        type: "aws_iam_role_policy",
        name: "p",
        module: "module.m[0]",
        instances: [instance({ dependencies: ["module.m.aws_iam_role.app", "module.m.aws_iam_role.app"] })],
      }),
      resource({
        type: "old",
        module: "module.m",
        instances: [instance({ depends_on: ["aws_iam_role.app"] })],
      }),
      resource({
        type: "oldest",
        instances: [instance({ depends_on: ["aws_vpc.main"], dependencies: ["aws_x.y"] })],
      }),
      resource({
        mode: "data",
        type: "aws_role",
        instances: [instance({ dependencies: ["module.m.aws_iam_role.app"] })],
      }),
    ]),
  );

  test("referrers are the managed objects whose dependencies name the resource", () => {
    const role = find(state, "module.m[0].aws_iam_role.app");
    expect(state.referrersOf(role).map(({ address }) => address)).toEqual([
      "module.m[0].aws_iam_role_policy.p",
      "module.m.old.main",
    ]);
  });

  test("dependencies of old versions are made absolute, and newer ones count more", () => {
    expect(find(state, "module.m.old.main").dependencies).toEqual(["module.m.aws_iam_role.app"]);
    expect(find(state, "oldest.main").dependencies).toEqual(["aws_x.y"]);
  });
});

const published = join(import.meta.dirname, "../../../../../../shared/vectors/tfstate");
const files = existsSync(published) ? readdirSync(published) : [];
if (files.length === 0) console.log("published states are not here: skipped");

describe.skipIf(files.length === 0)("published states", () => {
  test.each(files)("%s gives the objects that JSON.parse gives", (file) => {
    const bytes = readFileSync(join(published, file));
    const expected = JSON.parse(bytes.toString()) as PublishedState;
    const state = scanState(bytes, file);
    expect(state.instances.map(({ type, name, key, mode }) => ({ type, name, key, mode }))).toEqual(
      expected.resources.flatMap(({ type, name, mode, instances }) =>
        instances.map(({ index_key: key }) => ({ type, name, key, mode })),
      ),
    );
    const values = expected.resources.flatMap(({ instances }) =>
      instances.map(({ attributes }) => attributes),
    );
    expect(state.instances.map((one) => JSON.parse(text(one.attributes) ?? ""))).toEqual(values);
    expect(state.instances.map(({ id }) => id)).toEqual(values.map(({ id }) => id));
  });
});

interface PublishedState {
  readonly resources: readonly {
    readonly type: string;
    readonly name: string;
    readonly mode: string;
    readonly instances: readonly {
      readonly index_key?: string;
      readonly attributes: { readonly id: string };
    }[];
  }[];
}
