/** Starts `writerProgram.ts`, kills it when asked to, and gathers what it said. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("./writerProgram.ts", import.meta.url));

/** What writers said, over all that ever wrote to one log. */
export class Sayings {
  readonly answers = new Map<string, number>();
  readonly asked = new Set<string>();
  readonly signed: string[] = [];
  readonly failures: string[] = [];

  hear(line: string): void {
    const [word, rest = ""] = splitAt(line, " ");
    if (word === "ask") this.asked.add(rest);
    if (word === "sign") this.signed.push(JSON.parse(rest) as string);
    if (word === "fail") this.failures.push(rest);
    if (word === "answer") {
      const [id = "", index] = rest.split(" ");
      this.answers.set(id, Number(index));
    }
  }
}

export interface WriterProcess {
  readonly child: ChildProcess;
  /** When it has said `open`, or has ended without. */
  readonly opened: Promise<void>;
  /** When it has ended and all that it said was heard. */
  readonly ended: Promise<{ readonly status: number | null; readonly stderr: string }>;
}

export function startWriter(
  args: readonly string[],
  sayings: Sayings,
  wrap: readonly string[] = [],
  env: NodeJS.ProcessEnv = process.env,
): WriterProcess {
  const [file = "", ...rest] = [...wrap, process.execPath, PROGRAM, ...args];
  const child = spawn(file, rest, { stdio: ["pipe", "pipe", "pipe"], env });
  const opened = Promise.withResolvers<void>();
  const lines = createInterface({ input: child.stdout });
  lines.on("line", (line) => {
    if (line === "open") opened.resolve();
    sayings.hear(line);
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = Promise.all([once(child, "close"), once(lines, "close")]).then(() => {
    opened.resolve();
    return { status: child.exitCode, stderr };
  });
  return { child, opened: opened.promise, ended };
}

function splitAt(text: string, separator: string): readonly [string, string?] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
