import type { RecordedAttributes } from "tfprovider";
import { type ConfigAddress, configAddress, type ResourceAddress } from "../../domain/address.ts";
import type { AnchorwatchError } from "../../domain/errors.ts";
import type { Path } from "../../domain/path.ts";
import { objectOf, type Value } from "../../domain/value.ts";
import { faultError, malformed, type StateBytes } from "./errors.ts";
import type { InstanceRecord } from "./instanceRecord.ts";
import { JsonScanner } from "./json/scanner.ts";
import type { JsonFault, Range } from "./json/types.ts";
import { readValue } from "./json/value.ts";
import type { ProviderReference } from "./providerReference.ts";
import { parseSensitivePaths } from "./sensitivePaths.ts";

/** What all instances of one resource share. */
export interface StateResource {
  readonly configAddress: ConfigAddress;
  /** With instance keys, `module.net["a"]`; empty in the root module. */
  readonly module: string;
  readonly mode: "managed" | "data";
  readonly type: string;
  readonly name: string;
}

/** Where each top-level attribute of an instance lies in the state's bytes. */
export type Members = ReadonlyMap<string, Range>;

const NOTHING: Buffer = Buffer.alloc(0);

/**
 * One object of the state: places in its bytes, and what is read from them when asked for. Nothing is kept, so that
 * 50,000 instances cost little more than the bytes.
 */
export class StateInstance {
  readonly address: ResourceAddress;
  readonly provider: ProviderReference;
  readonly #state: StateBytes;
  readonly #resource: StateResource;
  readonly #record: InstanceRecord;

  constructor(
    state: StateBytes,
    resource: StateResource,
    provider: ProviderReference,
    address: ResourceAddress,
    record: InstanceRecord,
  ) {
    this.address = address;
    this.provider = provider;
    this.#state = state;
    this.#resource = resource;
    this.#record = record;
  }

  get configAddress(): ConfigAddress {
    return this.#resource.configAddress;
  }
  /** With instance keys, `module.net["a"]`; empty in the root module. */
  get module(): string {
    return this.#resource.module;
  }
  /** Data sources are listed to be counted; nothing of them is ever checked. */
  get mode(): "managed" | "data" {
    return this.#resource.mode;
  }
  get type(): string {
    return this.#resource.type;
  }
  get name(): string {
    return this.#resource.name;
  }
  get key(): string | number | undefined {
    return this.#record.key;
  }
  /** Key of an object that a replacement left behind: it shares its address with the object that replaced it. */
  get deposed(): string | undefined {
    return this.#record.deposed;
  }
  get tainted(): boolean {
    return this.#record.tainted;
  }
  get schemaVersion(): number {
    return this.#record.schemaVersion;
  }
  /** JSON as recorded, a view on the state's bytes. Empty where only {@link attributesFlat} is there. */
  get attributes(): Uint8Array {
    return this.#view(this.#record.attributes) ?? NOTHING;
  }
  /** A JSON object of strings, as Terraform before 0.12 recorded; such a value waits for its provider to upgrade it. */
  get attributesFlat(): Uint8Array | undefined {
    return this.#view(this.#record.attributesFlat);
  }

  /** The value in the form that a provider's upgrade wants. JSON is passed on untouched. */
  recorded(): RecordedAttributes {
    const flat = this.#record.attributesFlat;
    if (this.#record.attributes !== undefined || flat === undefined) return { json: this.attributes };
    const flatmap: Record<string, string> = Object.create(null);
    const scanner = this.#scanner(flat);
    scanner.object((key) => {
      flatmap[key] = scanner.string();
    });
    return { flatmap };
  }

  /**
   * The provider's own data about the object; empty when there is none.
   * @throws AnchorwatchError `state_malformed` when it is not base64
   */
  get private(): Uint8Array {
    const range = this.#record.private;
    if (range === undefined) return NOTHING;
    const text = this.#scanner(range).string();
    const data = Buffer.from(text, "base64");
    // Node skips what is no base64; a pattern would need the stack for a text of megabytes.
    if (data.toString("base64") === text) return data;
    throw malformed(this.#state, range.start, `"private" of ${this.address} is not base64`);
  }

  /** Paths marked as sensitive when it was applied. A path stands for everything below it; `[]` is the whole value. */
  get sensitivePaths(): readonly Path[] {
    const range = this.#record.sensitive;
    return range === undefined ? [] : parseSensitivePaths(readValue(this.#scanner(range)));
  }

  /** What it depends on, directly or not, without instance keys: `module.net.aws_vpc.main`. */
  get dependencies(): readonly string[] {
    const { dependencies, relativeDependencies } = this.#record;
    if (dependencies === undefined) return [];
    const names: string[] = [];
    const scanner = this.#scanner(dependencies);
    scanner.array(() => names.push(scanner.string()));
    if (!relativeDependencies) return names;
    const module = configAddress(this.module);
    return module === "" ? names : names.map((name) => `${module}.${name}`);
  }

  /** The attribute `id`, found without reading the rest. A number is given as its text. */
  get id(): string | undefined {
    return this.attribute("id");
  }

  /** The same of its {@link members}, where those were found already. */
  idAmong(members: Members): string | undefined {
    const range = members.get("id");
    return range === undefined ? this.id : textOf(this.#scanner(range));
  }

  /** A top-level attribute that is a string or a number, found without reading the rest. */
  attribute(name: string): string | undefined {
    const range = this.#record.attributes ?? this.#record.attributesFlat;
    if (range === undefined) return undefined;
    const scanner = this.#scanner(range);
    if (scanner.kind() !== "object") return undefined;
    let found: string | undefined;
    scanner.object((key) => {
      if (key !== name) {
        scanner.value();
        return undefined;
      }
      found = textOf(scanner);
      return "stop";
    });
    return found;
  }

  /** The raw JSON of one of its {@link members}. */
  member({ start, end }: Range): Uint8Array {
    return this.#state.bytes.subarray(start, end);
  }

  /** Where each top-level attribute lies. Nothing of it is parsed. Empty for legacy flat attributes. */
  members(): Members {
    const found = new Map<string, Range>();
    const range = this.#record.attributes;
    if (range === undefined) return found;
    const scanner = this.#scanner(range);
    if (scanner.kind() !== "object") return found;
    scanner.object((key) => {
      found.set(key, scanner.value());
    });
    return found;
  }

  /** As {@link parseAttributes}, but for those of its {@link members} alone that are named. */
  parseMembers(members: Members, names: Iterable<string>): Value {
    if (this.#record.attributes === undefined) return this.parseAttributes();
    const parsed: [string, Value][] = [];
    for (const name of names) {
      const range = members.get(name);
      if (range !== undefined) parsed.push([name, readValue(this.#scanner(range))]);
    }
    return objectOf(parsed);
  }

  /** The whole value, with exact numbers. Legacy flat attributes are given as they are. */
  parseAttributes(): Value {
    const range = this.#record.attributes ?? this.#record.attributesFlat;
    return range === undefined ? null : readValue(this.#scanner(range));
  }

  /** Tells of every string in the value that is no key: where it lies in the state's bytes, quotes included. */
  eachString(leaf: (start: number, end: number, escaped: boolean) => void): void {
    const range = this.#record.attributes ?? this.#record.attributesFlat;
    if (range !== undefined) this.#scanner(range).strings(leaf);
  }

  #view(range: Range | undefined): Uint8Array | undefined {
    return range && this.#state.bytes.subarray(range.start, range.end);
  }

  #scanner(range: Range): JsonScanner {
    const state = this.#state;
    const raise = (fault: JsonFault): AnchorwatchError => faultError(state, fault);
    return new JsonScanner(state.bytes, raise, range);
  }
}

function textOf(scanner: JsonScanner): string | undefined {
  const kind = scanner.kind();
  if (kind === "string") return scanner.string();
  return kind === "number" ? scanner.token() : undefined;
}
