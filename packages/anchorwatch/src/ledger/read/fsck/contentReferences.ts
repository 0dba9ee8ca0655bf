/** Which content entries speak of, and whether it is there. */
import { decodeEntry } from "../../entry/entry.ts";
import { contentPath } from "../../storage/servedFile.ts";
import { damage, type Finding } from "./finding.ts";

/** So many are told one by one: more nobody reads. */
const MOST = 100;

/** Few entries have content, and all have to be looked at: those that do not even hold the word need not be taken apart. */
const MEMBER = Buffer.from('"content"');

export class ContentReferences {
  /** The first entry that speaks of a digest. */
  readonly #entries = new Map<string, number>();

  see(index: number, bytes: Uint8Array): void {
    if (!Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(MEMBER)) return;
    const decoded = decodeEntry(bytes);
    if (decoded.kind === "unreadable") return;
    for (const { digest } of decoded.entry.content ?? []) {
      if (!this.#entries.has(digest)) this.#entries.set(digest, index);
    }
  }

  /**
   * What is missing of that which was seen.
   * @param there `sha256:hex` of content that is there and whole. Looked for after the entries were read: content is written before
   *   the entry that speaks of it, so that of a log that grows meanwhile nothing seems to be missing.
   */
  findings(there: ReadonlySet<string>): readonly Finding[] {
    const missing = [...this.#entries].filter(([digest]) => !there.has(digest));
    const rest = missing.length - MOST;
    return [
      ...missing.slice(0, MOST).map(([digest, index]) => damage(pathOf(digest), messageFor(index), ADVICE)),
      ...(rest > 0
        ? [damage("content", `${rest} more contents of entries are missing or damaged`, ADVICE)]
        : []),
    ];
  }
}

const ADVICE =
  "Restore this file from a copy of the log; its name is its digest, so any copy can be checked.";

function messageFor(index: number): string {
  return `content of entry ${index} is missing or damaged, or this user may not read it`;
}

function pathOf(digest: string): string {
  return /^sha256:[0-9a-f]{64}$/.test(digest) ? contentPath(digest) : `content/${digest}`;
}
