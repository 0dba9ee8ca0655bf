/** `resources` of a state: every instance of every resource, in order. */
import { configAddress, formatAddress } from "../../domain/address.ts";
import { malformed } from "./errors.ts";
import type { Fields } from "./fields.ts";
import { StateInstance, type StateResource } from "./instance.ts";
import { type InstanceRecord, readInstanceRecord } from "./instanceRecord.ts";
import { type ProviderReference, parseProviderReference } from "./providerReference.ts";

/** The value of `resources` comes next. */
export function readResources(fields: Fields): readonly StateInstance[] {
  return new ResourcesReader(fields).read();
}

class ResourcesReader {
  readonly #fields: Fields;
  readonly #instances: StateInstance[] = [];
  /** Texts that many resources have in common, each kept once. */
  readonly #texts = new Map<string, string>();
  readonly #providers = new Map<string, ProviderReference>();

  constructor(fields: Fields) {
    this.#fields = fields;
  }

  read(): readonly StateInstance[] {
    if (this.#fields.scanner.kind() === "null") this.#fields.skip();
    else this.#fields.array('"resources"', (index) => this.#resource(`resources[${index}]`));
    return this.#instances;
  }

  /** Members may come in any order, so the instances get their addresses when all of the resource has been read. */
  #resource(what: string): void {
    const fields = this.#fields;
    fields.scanner.kind();
    const start = fields.scanner.offset;
    const text = { module: "", mode: "", type: "", name: "", provider: "" };
    let records: readonly InstanceRecord[] | undefined;
    fields.object(what, (key) => {
      if (key === "name") text.name = fields.string(`"name" of ${what}`);
      else if (isTextKey(key)) text[key] = this.#shared(fields.string(`"${key}" of ${what}`));
      else if (key === "instances") records = this.#records(what);
      else fields.skip();
    });
    const resource = this.#resourceOf(text, what, start);
    if (records === undefined) throw malformed(fields.state, start, `${what} has no "instances"`);
    for (const record of records) this.#instances.push(this.#instance(resource, record, text.provider));
  }

  #records(what: string): readonly InstanceRecord[] {
    const fields = this.#fields;
    const records: InstanceRecord[] = [];
    if (fields.scanner.kind() === "null") fields.skip();
    else {
      fields.array(`"instances" of ${what}`, (index) => {
        records.push(readInstanceRecord(fields, `${what}.instances[${index}]`));
      });
    }
    return records;
  }

  #resourceOf(text: ResourceText, what: string, start: number): StateResource {
    const { module, mode, type, name } = text;
    if (mode !== "managed" && mode !== "data") {
      // A later Terraform may invent modes; what was silently skipped would never be checked.
      const message = `"mode" of ${what} must be "managed" or "data", found ${JSON.stringify(mode)}`;
      throw malformed(this.#fields.state, start, message);
    }
    if (type === "") throw malformed(this.#fields.state, start, `${what} has no "type"`);
    if (name === "") throw malformed(this.#fields.state, start, `${what} has no "name"`);
    return {
      configAddress: configAddress(formatAddress({ module, mode, type, name })),
      module,
      mode,
      type,
      name,
    };
  }

  #instance(resource: StateResource, record: InstanceRecord, providerText: string): StateInstance {
    const { state } = this.#fields;
    const { key, offset } = record;
    const address = formatAddress(key === undefined ? resource : { ...resource, key });
    if (
      resource.mode === "managed" &&
      record.attributes === undefined &&
      record.attributesFlat === undefined
    ) {
      throw malformed(state, offset, `${address} has no "attributes": there is nothing to compare with`);
    }
    const provider = this.#provider(record.provider ?? providerText);
    if (provider === undefined) {
      const found = JSON.stringify(record.provider ?? providerText);
      const expected = 'one such as provider["registry.terraform.io/hashicorp/aws"]';
      throw malformed(state, offset, `${address} names no provider: expected ${expected}, found ${found}`);
    }
    return new StateInstance(state, resource, provider, address, record);
  }

  #provider(text: string): ProviderReference | undefined {
    const known = this.#providers.get(text);
    if (known !== undefined) return known;
    const provider = parseProviderReference(text);
    if (provider !== undefined) this.#providers.set(text, provider);
    return provider;
  }

  #shared(text: string): string {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    this.#texts.set(text, text);
    return text;
  }
}

interface ResourceText {
  readonly module: string;
  readonly mode: string;
  readonly type: string;
  readonly name: string;
  readonly provider: string;
}

const TEXT_KEYS: readonly string[] = [
  "module",
  "mode",
  "type",
  "name",
  "provider",
] satisfies (keyof ResourceText)[];

function isTextKey(key: string): key is keyof ResourceText {
  return TEXT_KEYS.includes(key);
}
