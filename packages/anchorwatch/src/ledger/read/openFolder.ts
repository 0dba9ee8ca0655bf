import type { LogSource } from "tlog";
import { folderSource } from "tlog/node";
import { filesOf } from "./filesOf.ts";

/**
 * The log in a folder. What may not be looked into is left out when it is listed: who looks at every file tells it, and what the tree
 * itself needs is missed when it is read.
 * @param name for messages
 * @param path absolute
 */
export function openFolder(name: string, path: string): LogSource {
  return {
    ...folderSource(path),
    name,
    async *list(prefix) {
      const under = prefix.slice(0, prefix.lastIndexOf("/") + 1);
      for await (const file of filesOf(path, under, () => undefined)) {
        if (file.path.startsWith(prefix)) yield file.path;
      }
    },
  };
}
