import { basename } from "node:path";
import type { StackSource } from "./watchSettings.ts";

/** What tells it apart from all others. */
export function nameOf(source: StackSource): string {
  return source.kind === "folder" ? source.path : JSON.stringify([source.url, source.ref, source.folders]);
}

/** For people, before the names of its stacks. */
export function labelOf(url: string): string {
  return basename(url).replace(/\.git$/, "") || "repository";
}
