import { createHmac } from "node:crypto";
import type { VerifiedProvider } from "tfprovider";
import { canonical } from "../../domain/value.ts";
import type { EvaluatedBlock, ProviderSurroundings } from "./open.ts";

/**
 * Equal for providers that are the same in all that they could be asked. A keyed hash, since what goes into it holds
 * credentials: in a dump of the memory it is no oracle for a weak one.
 * @param secret of this process alone
 */
export function poolKey(
  secret: Uint8Array,
  { source, binaryHash }: Pick<VerifiedProvider, "source" | "binaryHash">,
  { values }: EvaluatedBlock,
  { environment, credentials }: Pick<ProviderSurroundings, "environment" | "credentials">,
): string {
  const hmac = createHmac("sha256", secret);
  const add = (text: string) => hmac.update(`${Buffer.byteLength(text)}:${text}`);
  for (const text of [source, binaryHash, canonical(values)]) add(text);
  for (const chosen of [credentials.role, credentials.externalId, credentials.profile])
    add(chosen === undefined ? "-" : `=${chosen}`);
  for (const name of Object.keys(environment).sort()) {
    const value = environment[name];
    if (value !== undefined) for (const text of [name, value]) add(text);
  }
  return hmac.digest("base64");
}
