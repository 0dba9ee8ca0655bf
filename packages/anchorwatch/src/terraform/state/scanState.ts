/**
 * A state of version 4, walked once over its bytes. Values of resources are not built: their places are noted.
 * A state comes from outside and may have been tampered with: any bytes get a result or a clear error.
 * @see https://developer.hashicorp.com/terraform/language/state
 */
import type { AnchorwatchError } from "../../domain/errors.ts";
import type { Value } from "../../domain/value.ts";
import { checkEncoding } from "./encoding.ts";
import { faultError, type StateBytes, wholeStateError } from "./errors.ts";
import { ARTICLES, Fields } from "./fields.ts";
import type { StateInstance } from "./instance.ts";
import { JsonScanner } from "./json/scanner.ts";
import type { JsonFault, Range } from "./json/types.ts";
import { readValue } from "./json/value.ts";
import { readResources } from "./readResources.ts";
import { type SensitiveOutput, StateFile } from "./stateFile.ts";
import { checkVersion, encrypted, noState } from "./version.ts";

/**
 * @param origin where the bytes came from, as errors name it: a path, or an address without credentials
 * @throws AnchorwatchError `state_*`
 */
export function scanState(bytes: Buffer, origin: string): StateFile {
  const state: StateBytes = { bytes, origin };
  const start = checkEncoding(state);
  const raise = (fault: JsonFault): AnchorwatchError => faultError(state, fault);
  const scanner = new JsonScanner(bytes, raise, { start, end: bytes.length });
  if (scanner.atEnd) {
    const hint = "Fetch it again with `terraform state pull`, or restore terraform.tfstate.backup beside it.";
    throw wholeStateError(origin, "state_empty", "is empty", hint);
  }
  const kind = scanner.kind();
  if (kind !== "object") {
    // `no state` begins as `null` does: only what is JSON to its end is told to be some.
    scanner.value();
    throw noState(origin, `is JSON, but ${ARTICLES[kind]} and not an object`);
  }
  return new StateReader(state, scanner).read();
}

class StateReader {
  readonly #state: StateBytes;
  readonly #fields: Fields;
  #version: number | undefined;
  #terraformVersion: string | undefined;
  #lineage: string | undefined;
  #serial = 0;
  #instances: readonly StateInstance[] | undefined;
  /** Where resources and outputs lie, if they came before the version. */
  readonly #waiting: { readonly key: string; readonly range: Range }[] = [];
  readonly #outputs: SensitiveOutput[] = [];

  constructor(state: StateBytes, scanner: JsonScanner) {
    this.#state = state;
    this.#fields = new Fields(state, scanner);
  }

  read(): StateFile {
    this.#fields.object("the state", (key) => this.#member(key));
    this.#fields.scanner.finish();
    if (this.#version === undefined) throw noState(this.#state.origin, 'has no "version"');
    for (const { key, range } of this.#waiting) {
      this.#fields.scanner.offset = range.start;
      this.#content(key);
    }
    const header = { terraformVersion: this.#terraformVersion, lineage: this.#lineage, serial: this.#serial };
    return new StateFile(this.#state, header, this.#instances ?? [], this.#outputs);
  }

  #member(key: string): void {
    const fields = this.#fields;
    switch (key) {
      case "version":
        this.#version = fields.integer('"version"');
        checkVersion(this.#state.origin, this.#version);
        return;
      case "terraform_version":
        this.#terraformVersion = fields.string('"terraform_version"');
        return;
      case "lineage":
        this.#lineage = fields.string('"lineage"');
        return;
      case "serial":
        this.#serial = fields.integer('"serial"');
        return;
      case "encrypted_data":
      case "encryption_version":
        throw encrypted(this.#state.origin);
      case "resources":
      case "outputs":
        if (this.#version === undefined) this.#waiting.push({ key, range: fields.scanner.value() });
        else this.#content(key);
        return;
      default:
        fields.skip();
    }
  }

  #content(key: string): void {
    if (key === "resources") this.#instances = readResources(this.#fields);
    else if (this.#fields.scanner.kind() === "null") this.#fields.skip();
    else this.#fields.object('"outputs"', (name) => this.#output(name));
  }

  #output(name: string): void {
    const what = `output ${JSON.stringify(name)}`;
    let value: Range | undefined;
    let sensitive = false;
    this.#fields.object(what, (key) => {
      if (key === "value") value = this.#fields.scanner.value();
      else if (key === "sensitive") sensitive = this.#fields.bool(`"sensitive" of ${what}`);
      else this.#fields.skip();
    });
    if (sensitive && value !== undefined) this.#outputs.push({ name, value: this.#valueAt(value) });
  }

  #valueAt({ start }: Range): Value {
    const { scanner } = this.#fields;
    const end = scanner.offset;
    scanner.offset = start;
    const value = readValue(scanner);
    scanner.offset = end;
    return value;
  }
}
