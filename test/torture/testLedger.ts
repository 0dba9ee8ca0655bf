/** A log in a folder as the product opens it, and what its files say when nothing of ours reads them. */
import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { openLedgerIndex } from "../../packages/anchorwatch/src/ledger/index/open.ts";
import {
  directoryStorage,
  privateFolderOf,
} from "../../packages/anchorwatch/src/ledger/storage/directory/directoryStorage.ts";
import { machineFiles } from "../../packages/anchorwatch/src/ledger/storage/directory/fileLayer.ts";
import { evidenceFolder } from "../../packages/anchorwatch/src/ledger/writer/evidence.ts";
import {
  type LedgerWriter,
  type LedgerWriterOptions,
  openLedgerWriter,
} from "../../packages/anchorwatch/src/ledger/writer/ledgerWriter.ts";
import { type CheckedLog, checkLog } from "../../packages/anchorwatch/src/ledger/writer/logCheck.fixture.ts";
import { ORIGIN, testSigner } from "../../packages/anchorwatch/src/ledger/writer/writer.fixture.ts";
import { TortureError } from "./error.ts";

export async function openTestLedger(
  folder: string,
  options: Partial<LedgerWriterOptions> & { readonly onSign?: (text: string) => void } = {},
): Promise<LedgerWriter> {
  const { onSign, ...given } = options;
  const hidden = privateFolderOf(folder);
  return openLedgerWriter({
    storage: directoryStorage(folder),
    signers: [await testSigner(1, onSign)],
    origin: ORIGIN,
    anchors: [],
    openIndex: (agrees) => openLedgerIndex({ path: join(hidden, "index.sqlite"), agrees }),
    keepEvidence: evidenceFolder(machineFiles, join(hidden, "evidence"), randomUUID),
    clock: () => new Date(),
    onWarning: ({ code, message }) => process.stderr.write(`${code}: ${message}\n`),
    ...given,
  });
}

/** @throws TortureError `log_wrong` */
export function checkTestLedger(folder: string, signed: readonly string[]): CheckedLog {
  try {
    return checkLog(filesOf(folder), signed);
  } catch (cause) {
    throw new TortureError("log_wrong", `${folder}: ${String(cause)}`, cause);
  }
}

/** All but the lock, which nobody but SQLite may touch. */
function filesOf(folder: string): ReadonlyMap<string, Uint8Array> {
  const items = readdirSync(folder, { recursive: true, withFileTypes: true });
  const paths = items
    .filter((item) => item.isFile() && !item.name.startsWith(".lock"))
    .map((item) => join(item.parentPath, item.name));
  return new Map(paths.map((path) => [relative(folder, path), readFileSync(path)]));
}
