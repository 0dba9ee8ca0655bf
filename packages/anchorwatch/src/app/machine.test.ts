import { join } from "node:path";
import { expect, test } from "vitest";
import { cacheFolderOf, stateFolderOf } from "./machine.ts";

const homeDir = join("/home", "me");
const linux = (environment: Readonly<Record<string, string>>) =>
  cacheFolderOf(environment, { homeDir, os: "linux" });

test("the cache lies where the person says, else where the system keeps caches", () => {
  expect(linux({ ANCHORWATCH_CACHE_DIR: "/var/cache/aw", XDG_CACHE_HOME: "/x" })).toBe("/var/cache/aw");
  expect(linux({ XDG_CACHE_HOME: "/x" })).toBe("/x/anchorwatch");
  expect(linux({})).toBe("/home/me/.cache/anchorwatch");
  expect(cacheFolderOf({}, { homeDir, os: "darwin" })).toBe("/home/me/Library/Caches/anchorwatch");
});

test("a relative folder of caches is none: it would lead into what is checked", () => {
  expect(linux({ XDG_CACHE_HOME: "cache" })).toBe("/home/me/.cache/anchorwatch");
  expect(linux({ XDG_CACHE_HOME: "" })).toBe("/home/me/.cache/anchorwatch");
});

test("what must stay lies where the system keeps it, and never at a relative place", () => {
  const state = (environment: Readonly<Record<string, string>>, os = "linux") =>
    stateFolderOf(environment, { homeDir, os });
  expect(state({ XDG_STATE_HOME: "/x" })).toBe("/x/anchorwatch");
  expect(state({ XDG_STATE_HOME: "state" })).toBe("/home/me/.local/state/anchorwatch");
  expect(state({}, "darwin")).toBe("/home/me/Library/Application Support/anchorwatch");
});
