import { AnchorwatchError } from "../../../domain/errors.ts";
import { isArray, isObject, type Value, type ValueObject } from "../../../domain/value.ts";

/** Arguments of a backend. Terraform writes those that were not set as null, and numbers and bools may be strings. */
export class Settings {
  readonly type: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly #file: string;
  readonly #config: ValueObject;
  /** Of the block that these are in, `assume_role.`; empty at the top. */
  readonly #prefix: string;

  constructor(
    file: string,
    type: string,
    config: ValueObject,
    environment: Readonly<Record<string, string | undefined>>,
    prefix = "",
  ) {
    this.#file = file;
    this.type = type;
    this.#config = config;
    this.environment = environment;
    this.#prefix = prefix;
  }

  /** Undefined when it is not set, or empty: Terraform treats both alike. */
  text(name: string): string | undefined {
    const value = this.#config[name];
    if (value === undefined || value === null || value === "") return undefined;
    if (typeof value === "string") return value;
    if (typeof value === "number" || typeof value === "boolean") return String(value);
    throw this.invalid(name, "a string");
  }

  required(name: string, variable?: string): string {
    const text = this.text(name) ?? (variable === undefined ? undefined : this.environment[variable]);
    if (text !== undefined && text !== "") return text;
    throw this.invalid(name, "to be set");
  }

  bool(name: string): boolean | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    if (text !== "true" && text !== "false") throw this.invalid(name, "true or false");
    return text === "true";
  }

  integer(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    if (!/^[0-9]{1,9}$/.test(text)) throw this.invalid(name, "a whole number from 0");
    return Number(text);
  }

  texts(name: string): readonly string[] | undefined {
    const value = this.#config[name];
    if (value === undefined || value === null) return undefined;
    if (!isArray(value) || !value.every(isString)) throw this.invalid(name, "a list of strings");
    return value.length === 0 ? undefined : value;
  }

  /** A map of strings. */
  map(name: string): Readonly<Record<string, string>> | undefined {
    const value = this.#config[name];
    if (value === undefined || value === null) return undefined;
    if (!isObject(value)) throw this.invalid(name, "a map of strings");
    const entries = Object.entries(value).filter(([, member]) => member !== null);
    if (!entries.every((entry): entry is [string, string] => isString(entry[1]))) {
      throw this.invalid(name, "a map of strings");
    }
    return Object.assign(Object.create(null), Object.fromEntries(entries));
  }

  /** A nested object or block; of a block the first one. */
  block(name: string): Settings | undefined {
    const value = this.#config[name];
    const body = isArray(value) ? value[0] : value;
    if (body === undefined || body === null) return undefined;
    if (!isObject(body)) throw this.invalid(name, "an object");
    return new Settings(this.#file, this.type, body, this.environment, `${this.#prefix}${name}.`);
  }

  /** The value itself is not shown: it may be a secret. */
  invalid(name: string, expected: string): AnchorwatchError {
    const message = `${this.#file}: the backend "${this.type}" wants ${this.#prefix}${name} ${expected.startsWith("to ") ? expected : `to be ${expected}`}`;
    return new AnchorwatchError("state_backend_invalid", message, {
      hint: "Correct the backend block and run `terraform init`, or name a state with --state.",
      location: { file: this.#file },
    });
  }
}

/** Members that have a value: what is unset is left out, as exact optional properties want it. */
export function given<Members extends object>(members: Members): Given<Members> {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Given<Members>;
}

type Given<Members> = { readonly [Name in keyof Members]?: Exclude<Members[Name], undefined> };

function isString(value: Value): value is string {
  return typeof value === "string";
}
