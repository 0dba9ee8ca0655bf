#!/usr/bin/env node
import { lstatSync } from "node:fs";
import { enableCompileCache } from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { cacheFolderOf } from "../app/machine.ts";

// Compiled code is kept between runs, which halves the time to start: the code runs from there, so the folder must be ours alone.
const folder = cacheFolderOf(process.env, { homeDir: homedir(), os: process.platform });
if (isOurs(folder)) enableCompileCache(join(folder, "code"));

await import("./shell.ts");

function isOurs(path: string): boolean {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  const user = process.getuid?.();
  return (
    stats?.isDirectory() === true && user !== undefined && stats.uid === user && (stats.mode & 0o022) === 0
  );
}
