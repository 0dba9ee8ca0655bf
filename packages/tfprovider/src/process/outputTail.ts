import type { Readable } from "node:stream";

/** The last lines a program printed. Its output is always drained, or the program would block on a full pipe. */
export interface OutputTail {
  /** Masked, oldest line first. */
  text(): string;
  /** Puts what the mask makes of them in the place of the lines that are finished. */
  maskLines(mask: (text: string) => string): void;
}

const MAX_LINES = 40;
/** A longer line is left out as a whole: cut anywhere, it could show a part of a secret that no mask knows. */
const MAX_LINE_CHARACTERS = 16 * 1024;

/** @param mask removes secrets; a provider logs what it is given */
export function drain(streams: readonly Readable[], mask: (text: string) => string): OutputTail {
  const lines: string[] = [];
  const unfinished = streams.map((stream) => follow(stream, lines));
  return {
    text: () =>
      mask([...lines, ...unfinished.map((rest) => rest()).filter((rest) => rest !== "")].join("\n")),
    maskLines(more) {
      // As one text: a secret may go over several lines.
      if (lines.length > 0) lines.splice(0, lines.length, ...more(lines.join("\n")).split("\n"));
    },
  };
}

/** Adds finished lines to `lines`. @returns what came since the last of them */
function follow(stream: Readable, lines: string[]): () => string {
  let rest = "";
  /** Characters of an overlong line that were let go. */
  let dropped = 0;
  const current = () => {
    const length = dropped + rest.length;
    return length > MAX_LINE_CHARACTERS ? `(a line of ${length} characters)` : rest;
  };
  const add = (text: string) => {
    rest += text;
    if (rest.length <= MAX_LINE_CHARACTERS) return;
    dropped += rest.length;
    rest = "";
  };
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => {
    const [first = "", ...others] = chunk.split("\n");
    add(first);
    for (const next of others) {
      lines.push(current());
      rest = "";
      dropped = 0;
      add(next);
    }
    if (lines.length > MAX_LINES) lines.splice(0, lines.length - MAX_LINES);
  });
  // A stream that breaks has nothing more to say; the process's exit is reported elsewhere.
  stream.on("error", () => undefined);
  return current;
}
