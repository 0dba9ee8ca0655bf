import type { Value } from "../domain/value.ts";
import { memberOf } from "./access.ts";
import { tellingWords, typeWords } from "./words.ts";

/** A text that names a resource. */
export interface Identifier {
  readonly text: string;
  /**
   * Nothing else can have it: an ARN, a generated id, a URL or path. A plain name can be anybody's: the user `deploy`
   * is not the role `deploy`, so it only counts where the attribute that holds it speaks of this kind of thing.
   */
  readonly unique: boolean;
}

/** The texts by which others refer to a resource, in its recorded or live value. */
export function identifiersOf(value: Value, type: string): readonly Identifier[] {
  const noun = type.slice(type.lastIndexOf("_") + 1);
  const names = textsAt(value, ["name", noun, `${noun}_name`]);
  const texts = textsAt(value, ["id", "arn", "url", "self_link", `${noun}_id`, `${noun}_arn`]);
  return [...new Set([...names, ...texts])].map((text) => ({ text, unique: isUnique(text, names) }));
}

function textsAt(value: Value, attributes: readonly string[]): Set<string> {
  const texts = attributes.map((name) => memberOf(value, name));
  return new Set(texts.filter((text) => typeof text === "string" && text !== "") as string[]);
}

const GENERATED = /^[a-z]{1,12}-[0-9a-f]{8,17}$|^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;

/** An id that is also the name was chosen by somebody, however random it looks. */
function isUnique(text: string, names: ReadonlySet<string>): boolean {
  if (text.startsWith("arn:") || text.includes("/")) return true;
  return !names.has(text) && GENERATED.test(text);
}

/** An ARN or a URL. `default/app` is not: a service can be called like its deployment. */
export function isWorldwide(text: string): boolean {
  return /^(?:arn:|https?:\/\/)/.test(text);
}

/** Whether an attribute of another resource can hold a plain name of this type: `role`, `execution_role`, not `user`. */
export function canName(attribute: string, type: string): boolean {
  const words = tellingWords(attribute);
  const kind = typeWords(type);
  return words.length > 0 && (words.at(-1) === kind.at(-1) || words.every((word) => kind.includes(word)));
}
