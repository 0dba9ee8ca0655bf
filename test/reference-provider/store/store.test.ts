import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { editStore } from "../fixtures/edit.ts";
import { testFolder } from "../testProvider.ts";
import { Store } from "./store.ts";

function storeFile(): string {
  return join(testFolder(), "cloud.json");
}

test("a missing file is an empty cloud", () => {
  expect(new Store(storeFile()).snapshot().content).toEqual({ resources: {} });
});

test("changes made at once, by two processes' worth of stores, all reach the file", async () => {
  const path = storeFile();
  const stores = [new Store(path), new Store(path)];
  const ids = Array.from({ length: 40 }, (_, index) => `id-${index}`);
  await Promise.all(
    ids.map((id, index) =>
      stores[index % 2]?.change(({ resources }) => {
        resources["t"] ??= {};
        resources["t"][id] = { id };
      }),
    ),
  );
  const written = JSON.parse(readFileSync(path, "utf8")) as { resources: { t: object } };
  expect(Object.keys(written.resources.t).sort()).toEqual([...ids].sort());
});

test("a change that is refused changes nothing and stops no other", async () => {
  const store = new Store(storeFile());
  const refused = store.change(() => {
    throw new RangeError("no");
  });
  const kept = store.change(({ resources }) => {
    resources["t"] = { a: { id: "a" } };
    return "kept";
  });
  await expect(refused).rejects.toThrow("no");
  expect(await kept).toBe("kept");
});

test("an edit by hand is seen at once and kept by the next change", async () => {
  const store = new Store(storeFile());
  await store.change(({ resources }) => {
    resources["t"] = { a: { id: "a" } };
  });
  editStore(store.path, ({ resources }) => {
    resources["t"] = { b: { id: "b" } };
  });
  expect(store.snapshot().content.resources).toEqual({ t: { b: { id: "b" } } });
  await store.change(({ resources }) => {
    resources["u"] = {};
  });
  expect(new Store(store.path).snapshot().content.resources).toEqual({ t: { b: { id: "b" } }, u: {} });
});

test("the lock of a process that is gone holds nobody up", async () => {
  const store = new Store(storeFile());
  writeFileSync(`${store.path}.lock`, "999999999");
  await store.change(({ resources }) => {
    resources["t"] = {};
  });
  expect(new Store(store.path).snapshot().content.resources).toEqual({ t: {} });
});

test.each([
  ["{", "is not JSON"],
  ["[]", "it must be an object"],
  ['{"resources": {"t": 1}}', '"resources"."t" must be an object of ids'],
])("a store that holds %s is refused with the file's name", (text, words) => {
  const path = storeFile();
  writeFileSync(path, text);
  expect(() => new Store(path).snapshot()).toThrow(words);
  expect(() => new Store(path).snapshot()).toThrow(path);
});
