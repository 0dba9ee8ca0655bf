/** What the process gives to commands that ask a server. */
import { homedir, hostname } from "node:os";
import process from "node:process";
import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { configFolderOf } from "../../app/machine.ts";
import { thisLedgerMachine } from "../ledger/thisLedgerMachine.ts";
import type { RemoteSurroundings } from "../surroundings.ts";

export function thisRemote(): RemoteSurroundings {
  return {
    fetch: globalThis.fetch,
    configFolder: configFolderOf(process.env, { homeDir: homedir(), os: process.platform }),
    userId: process.getuid?.(),
    hostName: hostname(),
    sleep: thisLedgerMachine().sleep,
    readSecret,
  };
}

/** On a terminal, readline reads keys by itself; what it would show goes nowhere. */
async function readSecret(signal: AbortSignal): Promise<string> {
  const { stdin, stderr, pid } = process;
  const isTerminal = stdin.isTTY === true;
  if (isTerminal) stderr.write("Token: ");
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: stdin, output: nowhere, terminal: isTerminal });
  const end = () => lines.close();
  signal.addEventListener("abort", end);
  // While keys are read one by one, Ctrl-C is one of them.
  lines.on("SIGINT", () => process.kill(pid, "SIGINT"));
  try {
    for await (const text of lines) return text.trim();
    return "";
  } finally {
    signal.removeEventListener("abort", end);
    lines.close();
    if (isTerminal) stderr.write("\n");
  }
}
