/** Secrets of a provider block: the provider's messages may quote what it was configured with. */
import type { Schema } from "tfprovider";
import { collectSecrets } from "../../compare/secrets.ts";
import type { Path } from "../../domain/path.ts";
import type { ValueObject } from "../../domain/value.ts";
import { shapeOf } from "./shape.ts";

/** Providers seldom mark their own credentials: names tell. */
const SECRET = /(^|_)(secret|secret_key|token|password|passphrase|private_key|api_?key|credentials)$/i;

/** What the schema, the code (sensitive variables) or an argument's name calls secret. */
export function providerSecrets(
  { values, sensitive }: { readonly values: ValueObject; readonly sensitive: readonly Path[] },
  schema: Schema,
): readonly string[] {
  const named = [...schema.block.attributes.keys()].filter((name) => SECRET.test(name)).map((name) => [name]);
  return collectSecrets(values, { shape: shapeOf(schema), paths: [...sensitive, ...named], patterns: [] });
}
