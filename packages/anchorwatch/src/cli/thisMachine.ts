import { homedir } from "node:os";
import process from "node:process";
import { setTimeout } from "node:timers/promises";
import { platformOf } from "tfprovider";
import type { Machine } from "../app/machine.ts";

export function thisMachine(): Machine {
  return {
    homeDir: homedir(),
    platform: platformOf(process.platform, process.arch),
    userId: process.getuid?.(),
    now: () => new Date(),
    sleep: (milliseconds) => setTimeout(milliseconds),
  };
}
