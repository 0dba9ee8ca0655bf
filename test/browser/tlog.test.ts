/** `tlog` where its README says that it runs: in a browser, with nothing but what a browser has. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openLog } from "../../packages/anchorwatch/src/ledger/read/openLog.ts";
import { proveEntry } from "../../packages/anchorwatch/src/ledger/read/proofFile.ts";
import { directoryStorage } from "../../packages/anchorwatch/src/ledger/storage/directory/directoryStorage.ts";
import {
  testEntry,
  testLog,
  testSigner,
} from "../../packages/anchorwatch/src/ledger/writer/writer.fixture.ts";
import { formatVerifierKey, parseOfflineProof, verifyOfflineProof } from "../../packages/tlog/src/index.ts";
import { folderSource } from "../../packages/tlog/src/node/index.ts";
import { hasPublished, publishedFiles, readPublished } from "../../packages/tlog/src/published.fixture.ts";
import { RFC_8032 } from "../../packages/tlog/src/rfc8032.fixture.ts";
import { processesOf } from "../check/leftovers.ts";
import { type BrowserPage, openPage } from "../support/browser.ts";
import { inspectMachine } from "../support/machine.ts";
import type * as InPage from "./inPage.ts";
import { type ModuleServer, type ReadFile, startModuleServer } from "./moduleServer.ts";

const { chromium } = inspectMachine(process.env);
if (chromium === undefined) console.log("skipped: tlog in a browser, because chromium is not on PATH");

const PUBLISHED_KEY = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx";
const PUBLISHED_ENTRIES =
  "one two three four five six seven eit nain ten ileven twelf threeten fourten fivten".split(" ");
const MINUTE = 60_000;
/** A full tile, the tile above it, and a partial one of each kind. */
const SIZE = 300;

describe.skipIf(chromium === undefined)("tlog in Chromium", () => {
  const folder = mkdtempSync(join(tmpdir(), "aw-browser-"));
  const log = join(folder, "log");
  let server: ModuleServer;
  let page: BrowserPage;
  let key: string;

  /** Calls a function of inPage.ts in the page. */
  async function inPage<Name extends keyof typeof InPage>(
    name: Name,
    ...args: Parameters<(typeof InPage)[Name]>
  ): Promise<Awaited<ReturnType<(typeof InPage)[Name]>>> {
    const call = `import("/modules/test/browser/inPage.ts").then((page) => page.${name}(...${JSON.stringify(args)}))`;
    return (await page.evaluate(call)) as Awaited<ReturnType<(typeof InPage)[Name]>>;
  }

  beforeAll(async () => {
    key = formatVerifierKey((await testSigner()).key);
    await writeLog(log);
    server = await startModuleServer();
    const browser = join(folder, "browser");
    mkdirSync(browser);
    page = await openPage(chromium ?? "", { url: server.url, folder: browser, env: process.env });
  }, 2 * MINUTE);

  afterAll(async () => {
    await page?.close();
    await server?.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  const fileOf: ReadFile = async (path) => new Uint8Array(await readFile(join(log, path)));

  it("loads what the manifest gives to browsers, and nothing that is Node's", async () => {
    const { isSecure, ofNode } = await inPage("surroundings");
    expect({ isSecure, ofNode }).toEqual({ isSecure: true, ofNode: [] });
    expect(await inPage("isTheSameByName")).toBe(true);
    expect(server.modules).toContain("packages/tlog/src/primitives/web.ts");
    const ofNodes = [...server.modules].filter((path) => /\/node[/.]/.test(path));
    expect({ ofNodes, refused: server.refused }).toEqual({ ofNodes: [], refused: [] });
  });

  // RFC 8032, section 7.1, tests 1 to 3.
  it("believes the Ed25519 signatures of the standard, and no changed one", async () => {
    const cases = RFC_8032.map(([publicKey, message, signature]) => ({
      publicKey: base64(publicKey),
      message: base64(message),
      signature: base64(signature),
    }));
    expect(await inPage("believedSignatures", cases)).toEqual([true, true, true]);
    const another = cases.map((given) => ({ ...given, message: base64("00") }));
    expect(await inPage("believedSignatures", another)).toEqual([false, false, false]);
    const [first] = cases;
    const nowhere = { ...first, publicKey: base64(`02${"ff".repeat(31)}`) } as (typeof cases)[number];
    expect(await inPage("believedSignatures", [nowhere])).toEqual([false]);
  });

  describe("on a log that the product wrote", () => {
    it("verifies all of it, and gives the entries", async () => {
      const verified = await inPage("verifyWhole", server.serve("log", fileOf), key);
      expect(verified).toMatchObject({ size: SIZE, authenticated: true });
      const { entries, root } = verified as InPage.Verified;
      const opened = await openLog(folderSource(log), { keys: [] });
      expect(root).toBe(await opened.rootAt(SIZE));
      expect(entries).toHaveLength(SIZE);
      expect(entries[0]).toContain('"schema":"anchorwatch.entry/v1"');
    });

    it("makes a proof that Node verifies", async () => {
      const made = await inPage("proveEntry", server.serve("log", fileOf), key, 256);
      const { entry, file } = made as { readonly entry: string; readonly file: string };
      const keys = [(await testSigner()).key];
      const { size } = await verifyOfflineProof(parseOfflineProof(file), Buffer.from(entry), keys);
      expect(size).toBe(SIZE);
    });

    it(
      "verifies a proof that Node made, and none of which any character was changed",
      async () => {
        const opened = await openLog(folderSource(log), { keys: [] });
        const file = await proveEntry(opened, 256);
        const verified = await inPage("verifyProofFile", file, key);
        expect(verified).toMatchObject({
          index: 256,
          size: SIZE,
          entry: expect.stringContaining('"id":"id-'),
        });
        expect(await inPage("acceptedChangesOf", file, key)).toEqual([]);
      },
      MINUTE,
    );

    it.each([
      ["a bundle", "tile/entries/000", { code: "log_corrupt", path: "tile/entries/000" }],
      ["a partial bundle", "tile/entries/001.p/44", { code: "log_corrupt", path: "tile/entries/001.p/44" }],
      ["a tile", "tile/0/000", { code: "log_corrupt", path: "tile/0/000" }],
      ["a partial tile", "tile/0/001.p/44", { code: "log_corrupt", path: "tile/0/001.p/44" }],
      ["the tile above", "tile/1/000.p/1", { code: "log_corrupt", path: "tile/1/000.p/1" }],
      ["the checkpoint", "checkpoint", { code: "note_signature_invalid" }],
    ])("refuses it when one bit of %s was flipped", async (_, damaged, refusal) => {
      const bytes = await readFile(join(log, damaged));
      // In the checkpoint, the root; elsewhere well inside an entry or a hash.
      const at = damaged === "checkpoint" ? bytes.indexOf("\n", bytes.indexOf("\n") + 1) + 10 : 20;
      bytes[at] = (bytes[at] as number) ^ 1;
      const read: ReadFile = async (path) => (path === damaged ? new Uint8Array(bytes) : fileOf(path));
      expect(await inPage("verifyWhole", server.serve("damaged", read), key)).toMatchObject(refusal);
    });

    it("refuses it without one of its files, and by the key of another log", async () => {
      const read: ReadFile = async (path) => (path === "tile/0/000" ? undefined : fileOf(path));
      const missing = await inPage("verifyWhole", server.serve("incomplete", read), key);
      expect(missing).toMatchObject({ code: "log_file_missing", path: "tile/0/000" });
      const other = formatVerifierKey((await testSigner(2)).key);
      const unknown = await inPage("verifyWhole", server.serve("log", fileOf), other);
      expect(unknown).toEqual({ code: "note_unsigned" });
    });

    it("tells who signed a note, and refuses a changed one", async () => {
      const note = new TextDecoder().decode(await fileOf("checkpoint"));
      expect(await inPage("signersOf", note, [key])).toEqual([(await testSigner()).key.name]);
      const changed = note.replace(`\n${SIZE}\n`, `\n${SIZE + 1}\n`);
      expect(await inPage("signersOf", changed, [key])).toEqual({ code: "note_signature_invalid" });
    });
  });

  // published.fixture.ts says it in one line when they are not here.
  describe.skipIf(!hasPublished)("on published vectors", () => {
    const read: ReadFile = async (path) => readPublished(path);
    const published = (...under: readonly string[]) =>
      under.flatMap((each) => publishedFiles(each).map((file) => `/files/vectors/${each}/${file}`));

    it("judges every proof as they say", async () => {
      server.serve("vectors", read);
      const [inclusions, consistencies] = [published("merkle/inclusion"), published("merkle/consistency")];
      expect([inclusions.length, consistencies.length]).toEqual([49, 43]);
      expect(await inPage("misjudgedInclusions", inclusions)).toEqual([]);
      expect(await inPage("misjudgedConsistencies", consistencies)).toEqual([]);
    });

    it("verifies the log at each of its sizes, and its growth", async () => {
      const url = server.serve("published", (path) => read(`published-log/${path}`));
      for (let size = 0; size <= PUBLISHED_ENTRIES.length; size++) {
        const verified = await inPage("verifyWhole", url, PUBLISHED_KEY, `checkpoint.${size}`);
        const entries = PUBLISHED_ENTRIES.slice(0, size);
        expect(verified).toMatchObject({ size, authenticated: true, entries });
        const growth = await inPage("proveGrowth", url, PUBLISHED_KEY, `checkpoint.${size}`);
        expect(growth).toMatchObject({ from: size, to: PUBLISHED_ENTRIES.length });
      }
    });
  });

  it(
    "leaves nothing running",
    async () => {
      const other = join(folder, "other");
      mkdirSync(other);
      const opened = await openPage(chromium ?? "", { url: server.url, folder: other, env: process.env });
      await expect(opened.evaluate("nothing.here")).rejects.toMatchObject({ code: "browser_failed" });
      const running = processesOf(other).length;
      await opened.close();
      await expect.poll(() => processesOf(other), { timeout: MINUTE }).toEqual([]);
      // Where processes can be counted at all.
      if (process.platform === "linux") expect(running).toBeGreaterThan(1);
    },
    2 * MINUTE,
  );
});

async function writeLog(folder: string): Promise<void> {
  const writer = await testLog(directoryStorage(folder)).open();
  await Promise.all(Array.from({ length: SIZE }, (_, at) => writer.append(testEntry(`id-${at}`))));
  await writer.close();
}

function base64(hex: string): string {
  return Buffer.from(hex, "hex").toString("base64");
}
