import type { ProviderReader } from "tfprovider";
import { expect, it } from "vitest";
import type { ProviderReference } from "../state/providerReference.ts";
import type { StateFile } from "../state/stateFile.ts";
import { lookOutside } from "./outside.ts";
import type { Providers } from "./providers.ts";
import type { StackCode } from "./stackCode.ts";

const SOURCE = "registry.terraform.io/hashicorp/aws";
const TYPE = "aws_cloudwatch_log_group";
const region = (alias: string): ProviderReference => ({ source: SOURCE, module: "", alias });

/** A state with one log group for each pair of region and name, and clouds that have these names. */
async function look(
  id: string,
  state: readonly (readonly [alias: string, id: string])[],
  live: Readonly<Record<string, readonly string[]>>,
  hasInstance?: boolean | "nobody can tell",
) {
  const instances = state.map(([alias, name]) => ({ type: TYPE, id: name, provider: region(alias) }));
  const open = async ({ alias = "" }: ProviderReference) => {
    const isThere = live[alias]?.includes(id) === true;
    const reader: Partial<ProviderReader> = {
      import: async (type) =>
        isThere ? [{ type, value: new Uint8Array([0x80]), private: new Uint8Array() }] : [],
      read: async () => ({ value: new Uint8Array([0x80]), private: new Uint8Array(), warnings: [] }),
    } as Partial<ProviderReader>;
    return { reader };
  };
  return await lookOutside(
    { address: "a.gone", type: TYPE, provider: SOURCE, id },
    {
      state: { instances } as unknown as StateFile,
      code:
        hasInstance === undefined
          ? undefined
          : ({
              hasInstance: () => (hasInstance === true || hasInstance === false ? hasInstance : undefined),
            } as unknown as StackCode),
      providers: { open } as unknown as Providers,
      limits: { deadlineMs: 1000, signal: new AbortController().signal, sleep: async () => {} },
    },
  );
}

it("what left the state is looked for in every region that the state speaks of", async () => {
  const state = [["us", "web"] as const, ["eu", "api"] as const];
  expect(await look("app", state, { eu: ["app"] })).toMatchObject({ exists: true });
  expect(await look("app", state, {})).toMatchObject({ kind: "left_the_state", exists: false });
});

it("a namesake that the state still has in another region is not taken for it", async () => {
  const state = [["us", "app"] as const, ["eu", "api"] as const];
  expect(await look("app", state, { us: ["app"] })).toMatchObject({ exists: false });
  // Nobody can tell where it was.
  expect(await look("app", [["us", "app"]], { us: ["app"] })).toEqual({ kind: "unseen" });
});

it("what is gone was deleted by somebody where the code still has it, and nobody knows where the code does not tell", async () => {
  const state = [["us", "web"] as const];
  const gone = { kind: "left_the_state", exists: false };
  expect(await look("app", state, {}, true)).toEqual({ ...gone, declared: true });
  expect(await look("app", state, {}, false)).toEqual({ ...gone, declared: false });
  expect(await look("app", state, {}, "nobody can tell")).toEqual({ kind: "unseen" });
  const runs = { kind: "left_the_state", exists: true, declared: false };
  expect(await look("app", state, { us: ["app"] }, "nobody can tell")).toEqual(runs);
});
