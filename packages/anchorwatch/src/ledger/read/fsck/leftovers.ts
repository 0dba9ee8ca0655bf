/** Tiles and bundles that are not of the tree, each looked at by itself: the tree need not be whole for that. */
import { checkOtherFiles, type LogSource, parseTilePath, TlogError, tilePath, tileWidth } from "tlog";
import { damage, type Finding, note, withoutPath } from "./finding.ts";

/** So many are told one by one. */
const MOST = 1000;

const AHEAD_ADVICE = "A writer is at work, or died: the next one cleans up.";

/** A file of a larger tree. */
export function ahead(path: string): Finding {
  return note(path, "it belongs to a larger tree than the checkpoint's", AHEAD_ADVICE);
}

/** So many of them that are not told one by one. */
export function moreAhead(count: number): readonly Finding[] {
  return count > 0 ? [note("tile", `${count} more files belong to a larger tree`, AHEAD_ADVICE)] : [];
}

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
  const more = { damage: 0, note: 0 };
  for await (const path of source.list?.("tile/") ?? []) {
    const inTree = pathInTree(path, size);
    if (inTree === undefined || inTree === path || told.has(inTree)) continue;
    const finding = await lookAt(source, path, size, signal);
    if (finding === undefined) continue;
    if (findings.length < MOST) findings.push(finding);
    else more[finding.severity]++;
  }
  return [
    ...findings,
    ...(more.damage === 0 ? [] : [damage("tile", `${more.damage} more files are damaged`, LEFTOVER_ADVICE)]),
    ...moreAhead(more.note),
  ];
}

async function lookAt(
  source: LogSource,
  path: string,
  size: number,
  signal: AbortSignal,
): Promise<Finding | undefined> {
  try {
    const others = await checkOtherFiles(source, only(path), size, signal);
    return others.ahead.count > 0 ? ahead(path) : undefined;
  } catch (error) {
    if (!(error instanceof TlogError)) throw error;
    // Else it is the file that it is compared with, which is told where it belongs.
    return error.location.path === path ? leftoverFault(error) : undefined;
  }
}

/** No reader needs it, but who is given it as a part of an older tree must not believe it. */
function leftoverFault(error: TlogError): Finding {
  return damage(error.location.path ?? ".", withoutPath(error), LEFTOVER_ADVICE);
}

const LEFTOVER_ADVICE =
  "Restore it from a copy; where it is a partial tile that a fuller one replaced, remove it.";

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
