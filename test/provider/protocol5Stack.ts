/** Test support: readers of the provider of protocol 5, and what it was asked. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished, vi } from "vitest";
import {
  openReader,
  type ProviderReader,
  type ReaderOptions,
} from "../../packages/tfprovider/src/client/reader.ts";
import { openWriter } from "../../packages/tfprovider/src/client/writer.ts";
import { testFolder } from "../reference-provider/testProvider.ts";
import { expectNothingLeft } from "./leftovers.ts";
import type { Behaviour, Recorded } from "./protocol5.ts";

/** Compiling the sources anew takes half of the start. */
const CODE_CACHE = fileURLToPath(new URL("../../node_modules/.cache/protocol5", import.meta.url));
const MAIN = fileURLToPath(new URL("protocol5.ts", import.meta.url));

export interface Protocol5 {
  readonly folder: string;
  readonly cacheFolder: string;
  behave(behaviour: Partial<Behaviour>): void;
  /** Opens a reader and closes it. @returns what the provider was asked meanwhile */
  start(more?: Partial<ReaderOptions>): Promise<readonly Recorded[]>;
  /** Opens a writer and closes it. @returns what the provider was asked meanwhile */
  startWriter(more?: Partial<ReaderOptions>): Promise<readonly Recorded[]>;
  /** A reader with something done in between. */
  using(
    use: (reader: ProviderReader) => unknown,
    more?: Partial<ReaderOptions>,
  ): Promise<readonly Recorded[]>;
}

export function protocol5(): Protocol5 {
  const folder = testFolder();
  onTestFinished(() => expectNothingLeft(folder));
  vi.stubEnv("TMPDIR", folder);
  onTestFinished(() => void vi.unstubAllEnvs());
  const at = (name: string) => join(folder, name);
  const executable = at("five");
  const command = [process.execPath, MAIN, at("behaviour.json"), at("record")].map((word) => `'${word}'`);
  writeFileSync(
    executable,
    `#!/bin/sh\nexport NODE_COMPILE_CACHE='${CODE_CACHE}'\nexec ${command.join(" ")}\n`,
    { mode: 0o755 },
  );
  writeFileSync(at("record"), "");
  mkdirSync(at("cache"), { mode: 0o700 });
  const behave = (behaviour: Partial<Behaviour>) =>
    writeFileSync(
      at("behaviour.json"),
      JSON.stringify({ schemaOptional: true, prepare: "same", ...behaviour }),
    );
  behave({});
  const options: ReaderOptions = {
    executable,
    environment: {},
    binaryHash: "ab".repeat(32),
    cacheFolder: at("cache"),
    config: () => ({ region: "eu-1" }),
  };
  const asked = async <T extends { close(): Promise<void> }>(
    opened: Promise<T>,
    use: (opened: T) => unknown,
  ) => {
    const before = recorded(at("record")).length;
    const one = await opened;
    try {
      await use(one);
    } finally {
      await one.close();
    }
    return recorded(at("record")).slice(before);
  };
  const using: Protocol5["using"] = (use, more) => asked(openReader({ ...options, ...more }), use);
  return {
    folder,
    cacheFolder: at("cache"),
    behave,
    using,
    start: (more) => using(() => undefined, more),
    startWriter: (more) => asked(openWriter({ ...options, ...more }), () => undefined),
  };
}

function recorded(file: string): readonly Recorded[] {
  const lines = readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "");
  return lines.map((line) => JSON.parse(line) as Recorded);
}

/** Everything below a folder: each file's path with its bytes. */
export function filesBelow(folder: string): ReadonlyMap<string, Buffer> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return new Map(
    entries.map(({ parentPath, name }) => [join(parentPath, name), readFileSync(join(parentPath, name))]),
  );
}
