/** Which content entries speak of, and whether it is there. */
import { decodeEntry } from "../../entry/entry.ts";
import { contentPath } from "../../storage/servedFile.ts";
import { damage, type Finding } from "./finding.ts";

/** Remembered are the first so many that are missing: more nobody reads. */
const MOST = 100;

export class ContentReferences {
  readonly #there: ReadonlySet<string>;
  readonly #missing = new Map<string, Finding>();

  /** @param there `sha256:hex` of content that is there and whole */
  constructor(there: ReadonlySet<string>) {
    this.#there = there;
  }

  see(index: number, bytes: Uint8Array): void {
    const decoded = decodeEntry(bytes);
    if (decoded.kind === "unreadable") return;
    for (const { digest } of decoded.entry.content ?? []) {
      if (this.#there.has(digest) || this.#missing.size >= MOST) continue;
      const path = pathOf(digest);
      const message = `content of entry ${index} is missing or damaged`;
      const advice =
        "Restore this file from a copy of the log; its name is its digest, so any copy can be checked.";
      if (!this.#missing.has(path)) this.#missing.set(path, damage(path, message, advice));
    }
  }

  findings(): readonly Finding[] {
    return [...this.#missing.values()];
  }
}

function pathOf(digest: string): string {
  return /^sha256:[0-9a-f]{64}$/.test(digest) ? contentPath(digest) : `content/${digest}`;
}
