import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { ResourceAddress } from "../domain/address.ts";
import type { PendingChange } from "../domain/check.ts";
import { Decimal, objectOf, type Value } from "../domain/value.ts";
import type { CheckRequest, VariableInput } from "./checkRequest.ts";
import { type PendingSources, pendingChanges } from "./pendingChanges.ts";

function change(address: string): PendingChange {
  return { address: address as ResourceAddress, action: "update", changes: [], alreadyLive: false };
}

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), "anchorwatch-pending-"));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  return dir;
}

function request(dir: string, more: Partial<CheckRequest> = {}): CheckRequest {
  return {
    dir,
    withCode: true,
    workingDirectory: dir,
    targets: [],
    variables: [],
    ignore: [],
    ignoreFiles: [],
    sensitive: [],
    providerValues: new Map(),
    pending: "plan",
    deadlines: new Map(),
    trigger: "manual",
    environment: { PATH: `${dir}:/usr/bin:/bin` },
    ...more,
  };
}

const SOURCES: PendingSources = {
  native: [change("t.one"), change("t.two")],
  isTargeted: () => true,
  isCutShort: false,
  signal: new AbortController().signal,
  mask: (text) => text,
};

/** A `terraform` that plans to update these addresses, and writes down its arguments, one a line. */
function terraformIn(dir: string, ...addresses: readonly string[]): void {
  const said = addresses.map((addr) =>
    JSON.stringify({ type: "planned_change", change: { action: "update", resource: { addr } } }),
  );
  const script = [
    "#!/bin/sh",
    `printf '%s\\n' "$@" > '${dir}/arguments'`,
    "cat <<'EOF'",
    ...said,
    "EOF",
    "",
  ].join("\n");
  writeFileSync(join(dir, "terraform"), script, { mode: 0o755 });
}

const addresses = ({ pending }: { readonly pending: readonly PendingChange[] }) =>
  pending.map(({ address }) => address);

test("only what the check was asked for is pending, whoever tells it", async () => {
  const dir = folder();
  terraformIn(dir, "t.one", "t.two", "t.three");
  const isTargeted: PendingSources["isTargeted"] = ({ address }) => address !== "t.two";
  const native = await pendingChanges(request(dir, { pending: "literal" }), { ...SOURCES, isTargeted });
  expect(addresses(native)).toEqual(["t.one"]);
  const planned = await pendingChanges(request(dir), { ...SOURCES, isTargeted });
  expect(addresses(planned)).toEqual(["t.one", "t.three"]);
});

test("when the check's time was up Terraform is not asked, and a warning says so", async () => {
  const signal = AbortSignal.abort();
  const cutShort = { ...SOURCES, isCutShort: true, signal };
  const { pending, warnings } = await pendingChanges(request(folder()), cutShort);
  expect(addresses({ pending })).toEqual(["t.one", "t.two"]);
  expect(warnings).toMatchObject([{ hint: expect.stringContaining("--timeout") }]);
  const literal = await pendingChanges(request(folder(), { pending: "literal" }), cutShort);
  expect(literal.warnings).toEqual([]);
});

test("variables are given to Terraform with the values that they have in the check", async () => {
  const dir = folder();
  terraformIn(dir);
  const given = (name: string, value: Value): VariableInput => ({
    kind: "value",
    name,
    value,
    origin: "yaml:1",
  });
  const variables: readonly VariableInput[] = [
    given("text", 'as ${it} is "here"'),
    given("list", ["${a} %{b} $c", '\b\f\\b\n"', null, true]),
    given(
      "object",
      objectOf([
        ["a b", 2n ** 64n],
        ["__proto__", new Decimal("0.30000000000000000001")],
      ]),
    ),
    { kind: "text", name: "given", text: "[1]", origin: "--var" },
    { kind: "file", path: "/x/y.tfvars", origin: "--var-file" },
  ];
  await pendingChanges(request(dir, { variables }), SOURCES);
  expect(readFileSync(join(dir, "arguments"), "utf8").split("\n")).toEqual([
    "plan",
    "-json",
    "-refresh=false",
    "-lock=false",
    "-input=false",
    '-var=text=as ${it} is "here"',
    '-var=list=["$${a} %%{b} $c","\\u0008\\u000c\\\\b\\n\\"",null,true]',
    '-var=object={"a b":18446744073709551616,"__proto__":0.30000000000000000001}',
    "-var=given=[1]",
    "-var-file=/x/y.tfvars",
    "",
  ]);
});
