import type { Readable } from "node:stream";

/** The last lines a program printed. Its output is always drained, or the program would block on a full pipe. */
export interface OutputTail {
  /** Masked, oldest line first. */
  text(): string;
}

const MAX_LINES = 40;
const MAX_LINE_CHARACTERS = 2000;

/** @param mask removes secrets; a provider logs what it is given */
export function drain(streams: readonly Readable[], mask: (text: string) => string): OutputTail {
  const lines: string[] = [];
  for (const stream of streams) {
    let rest = "";
    stream.setEncoding("utf8");
    stream.on("data", (chunk: string) => {
      const parts = (rest + chunk).split("\n");
      rest = (parts.pop() ?? "").slice(-MAX_LINE_CHARACTERS);
      for (const part of parts) lines.push(part.slice(0, MAX_LINE_CHARACTERS));
      if (lines.length > MAX_LINES) lines.splice(0, lines.length - MAX_LINES);
    });
    // A stream that breaks has nothing more to say; the process's exit is reported elsewhere.
    stream.on("error", () => undefined);
  }
  return { text: () => mask(lines.join("\n")) };
}
