/** Lines that are added to a file which others read meanwhile. */
import { constants, type FileHandle, open } from "node:fs/promises";
import type { ChannelParts } from "../definition.ts";

/**
 * Made for its owner alone where there is none. Nothing but a file is written to: a pipe that nobody reads would never end.
 * @param print the program's own output
 * @throws whatever the system says, with its `code`
 */
export function appendLines(print: (text: string) => Promise<void>): ChannelParts["append"] {
  return async (path, text) => {
    if (path === "-") return await print(text);
    const { O_RDWR, O_APPEND, O_CREAT, O_NONBLOCK } = constants;
    const file = await open(path, O_RDWR | O_APPEND | O_CREAT | O_NONBLOCK, 0o600);
    try {
      // A line that a full disk has cut would swallow the next one.
      const start = (await endsInLine(file)) ? "" : "\n";
      await file.appendFile(`${start}${text}`);
      await file.datasync();
    } finally {
      await file.close();
    }
  };
}

async function endsInLine(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return true;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] === 0x0a;
}
