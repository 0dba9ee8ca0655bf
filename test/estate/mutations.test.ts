import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { MUTATIONS } from "./mutations.ts";

const STACK = fileURLToPath(new URL("stack", import.meta.url));

describe("the estate and what is done to it", () => {
  it("has at least 25 resource types", () => {
    const code = readdirSync(STACK, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".tf"))
      .map((file) => readFileSync(`${STACK}/${file}`, "utf8"));
    const types = code.flatMap((text) => [...text.matchAll(/^resource "(\w+)"/gm)].map((match) => match[1]));
    expect(new Set(types).size).toBeGreaterThanOrEqual(25);
  });

  it("is changed in at least 40 ways", () => {
    expect(MUTATIONS.filter((mutation) => mutation.drift.length > 0).length).toBeGreaterThanOrEqual(40);
  });

  it("gives every change a name of its own", () => {
    const names = MUTATIONS.map((mutation) => mutation.name);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it("gives every drifted resource one author", () => {
    const addresses = MUTATIONS.flatMap((mutation) => mutation.drift.map((drift) => drift.address));
    expect(addresses.filter((address, index) => addresses.indexOf(address) !== index)).toEqual([]);
  });

  it("says of every change that is not to be reported why not", () => {
    const silent = MUTATIONS.filter((mutation) => mutation.changesTheCloud && mutation.drift.length === 0);
    const unexplained = silent.filter(
      (mutation) =>
        mutation.blindSpot === undefined &&
        mutation.terraformAlso.length === 0 &&
        !/written again/.test(mutation.name),
    );
    expect(unexplained.map((mutation) => mutation.name)).toEqual([]);
  });
});
