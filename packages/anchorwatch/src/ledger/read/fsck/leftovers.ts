/** Tiles and bundles that are not of the tree, each looked at by itself: the tree need not be whole for that. */
import { checkOtherFiles, type LogSource, parseTilePath, TlogError, tilePath, tileWidth } from "tlog";
import { damage, type Finding, note, withoutPath } from "./finding.ts";

const MOST = 1000;
export const AHEAD = {
  message: "it belongs to a larger tree than the checkpoint's",
  advice: "A writer is at work, or died: the next one cleans up.",
} as const;

/**
 * @param size of the tree
 * @param told paths of what is damaged in the tree: nothing can be compared with that
 */
export async function lookAtLeftovers(
  source: LogSource,
  size: number,
  told: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for await (const path of source.list?.("tile/") ?? []) {
    if (findings.length === MOST) break;
    const inTree = pathInTree(path, size);
    if (inTree === undefined || inTree === path || told.has(inTree)) continue;
    const finding = await lookAt(source, path, size, signal);
    if (finding !== undefined) findings.push(finding);
  }
  return findings;
}

async function lookAt(
  source: LogSource,
  path: string,
  size: number,
  signal: AbortSignal,
): Promise<Finding | undefined> {
  try {
    const { ahead } = await checkOtherFiles(source, only(path), size, signal);
    return ahead.count > 0 ? note(path, AHEAD.message, AHEAD.advice) : undefined;
  } catch (error) {
    if (!(error instanceof TlogError)) throw error;
    // Else it is the file that it is compared with, which is told where it belongs.
    return error.location.path === path ? leftoverFault(error) : undefined;
  }
}

/** No reader needs it, but who is given it as a part of an older tree must not believe it. */
function leftoverFault(error: TlogError): Finding {
  return damage(
    error.location.path ?? ".",
    withoutPath(error),
    "Restore it from a copy; where it is a partial tile that a fuller one replaced, remove it.",
  );
}

/** Of the tree's own file at the same place; undefined for what is no tile. */
function pathInTree(path: string, size: number): string | undefined {
  try {
    const { level, index } = parseTilePath(path);
    const width = tileWidth(level, index, size);
    // Beyond the tree there is none.
    return width === 0 ? "" : tilePath({ level, index, width });
  } catch (error) {
    if (error instanceof TlogError) return undefined;
    throw error;
  }
}

async function* only(path: string): AsyncIterable<string> {
  yield path;
}
