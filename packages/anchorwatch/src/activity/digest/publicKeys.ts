/** The public keys by which CloudTrail's digests are verified, as the cloud lists them. */
import type { PublicKeys } from "./checkChain.ts";

export interface PublicKey {
  readonly fingerprint: string;
  /** DER, PKCS#1. */
  readonly value: Uint8Array;
}

/** Keys that were in use in that time: `cloudtrail:ListPublicKeys` of a region. */
export type ListPublicKeys = (
  region: string,
  between: { readonly from: Date; readonly to: Date },
) => Promise<readonly PublicKey[]>;

/** Each region is asked once, and only where it has digests. */
export function publicKeysOf(
  list: ListPublicKeys,
  between: { readonly from: Date; readonly to: Date },
): (region: string) => PublicKeys {
  const regions = new Map<string, Promise<ReadonlyMap<string, Uint8Array>>>();
  const keysOf = async (region: string) =>
    new Map((await list(region, between)).map(({ fingerprint, value }) => [fingerprint, value]));
  return (region) => async (fingerprint) => {
    const known = regions.get(region) ?? keysOf(region);
    regions.set(region, known);
    return (await known).get(fingerprint);
  };
}
