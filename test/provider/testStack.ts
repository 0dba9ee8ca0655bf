/** Test support: a deployed stack of the reference provider and readers of it. Nothing may be left when a test ends. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, vi } from "vitest";
import {
  openReader,
  type ProviderReader,
  type ReaderOptions,
} from "../../packages/tfprovider/src/client/reader.ts";
import { openWriter, type ProviderWriter } from "../../packages/tfprovider/src/client/writer.ts";
import { everyType } from "../reference-provider/everyType.ts";
import {
  type Fault,
  type StackFixture,
  setFaults,
  type WrittenStack,
  writeStack,
} from "../reference-provider/fixtures.ts";
import { installReferenceProvider } from "../reference-provider/install.ts";
import type { StartFault } from "../reference-provider/plugin/startFault.ts";
import { testFolder } from "../reference-provider/testProvider.ts";
import { type JsonObject, parseExactJson } from "../reference-provider/values/json.ts";
import { expectNothingLeft } from "./leftovers.ts";

export const LIMITS = { deadlineMs: 20_000 };

/** One topic: enough wherever the values do not matter. */
const oneTopic: StackFixture = {
  resources: [{ type: "reference_topic", name: "alarms", set: { name: "alarms", display_name: "Alarms" } }],
};

export interface RecordedObject {
  readonly type: string;
  readonly version: number;
  /** Attributes as the state holds them. */
  readonly recorded: { readonly json: Uint8Array };
  readonly private: Uint8Array;
}

export class TestStack {
  /** Everything lies in it, the sockets of the providers included. */
  readonly folder: string;
  readonly stack: WrittenStack;
  readonly options: ReaderOptions;

  constructor(folder: string, stack: WrittenStack, options: ReaderOptions) {
    this.folder = folder;
    this.stack = stack;
    this.options = options;
  }

  async reader(more: Partial<ReaderOptions> = {}): Promise<ProviderReader> {
    const reader = await openReader({ ...this.options, ...more });
    onTestFinished(() => reader.close());
    return reader;
  }

  async writer(more: Partial<ReaderOptions> = {}): Promise<ProviderWriter> {
    const writer = await openWriter({ ...this.options, ...more });
    onTestFinished(() => writer.close());
    return writer;
  }

  setFaults(...faults: readonly Fault[]): void {
    setFaults(this.stack.storePath, faults);
  }

  /** How many calls have met a fault that is limited by `times`: they arrived at the provider. */
  faultsMet(): number {
    try {
      return readFileSync(`${this.stack.storePath}.faults`, "utf8").split("\n").length - 1;
    } catch {
      return 0;
    }
  }

  async untilFaultsMet(count: number): Promise<void> {
    await expect.poll(() => this.faultsMet(), { timeout: 10_000, interval: 10 }).toBe(count);
  }

  /** The objects of the state, in its order. */
  objects(): readonly RecordedObject[] {
    const state = parseExactJson(readFileSync(this.stack.statePath, "utf8")) as unknown as {
      readonly resources: readonly { readonly type: string; readonly instances: readonly JsonObject[] }[];
    };
    return state.resources.flatMap(({ type, instances }) =>
      instances.map((instance) => ({
        type,
        version: Number(instance["schema_version"]),
        recorded: { json: Buffer.from(JSON.stringify(instance["attributes"])) },
        private: Buffer.from(String(instance["private"]), "base64"),
      })),
    );
  }

  object(type: string): RecordedObject {
    return this.objects().find((object) => object.type === type) as RecordedObject;
  }
}

export async function testStack(
  fixture: StackFixture = oneTopic,
  startFaults: readonly StartFault[] = [],
): Promise<TestStack> {
  const folder = testFolder();
  onTestFinished(() => expectNothingLeft(folder));
  // Where the client makes the folders of its sockets.
  vi.stubEnv("TMPDIR", folder);
  onTestFinished(() => void vi.unstubAllEnvs());
  const stack = await writeStack(join(folder, "stack"), fixture);
  const { executable } = await installReferenceProvider(join(folder, "mirror"), { faults: startFaults });
  return new TestStack(folder, stack, {
    executable,
    environment: { PATH: process.env["PATH"] ?? "" },
    config: () => ({ path: stack.storePath, ...fixture.provider }) as ReturnType<ReaderOptions["config"]>,
  });
}

/** A topic's value and a call that reads it. */
export async function topicOf(test: TestStack, reader: ProviderReader) {
  const { type, version, recorded, private: kept } = test.object("reference_topic");
  const value = await reader.upgrade(type, version, recorded, LIMITS);
  return {
    type,
    value,
    private: kept,
    read: (limits = {}) => reader.read(type, value, kept, { ...LIMITS, ...limits }),
  };
}

export { everyType };
