import { hash } from "node:crypto";

/** SHA-256 as S3's checksum headers want it. */
export function sha256Base64(bytes: Uint8Array): string {
  return hash("sha256", bytes, "base64");
}

export function sha256Hex(bytes: Uint8Array): string {
  return hash("sha256", bytes, "hex");
}
