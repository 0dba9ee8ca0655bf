/** Certificates are renewed every few weeks, by programs that only write files: what is new counts without a restart. */
import type { Server } from "node:tls";
import type { Api } from "../../server/api.ts";
import type { Logger } from "./service.ts";
import { readTls, type TlsFiles, type TlsMaterial } from "./tls.ts";

const LOOK_EVERY_MS = 60_000;

export interface KeepingOptions {
  /** What the server began with. */
  readonly inForce: TlsMaterial;
  readonly every: (milliseconds: number, call: () => void) => () => void;
  readonly logger: Logger;
}

/** Until the function that it gives is called. A file that cannot be used changes nothing, and is told once. */
export function keepCertificate(
  { server }: Pick<Api, "server">,
  files: TlsFiles,
  { inForce: { cert }, every, logger }: KeepingOptions,
): () => void {
  let inForce = cert;
  let told: string | undefined;
  const look = async () => {
    try {
      const material = await readTls(files);
      if (inForce !== material.cert) {
        // With TLS it is one, whatever its type says.
        (server as unknown as Server).setSecureContext({ ...material, minVersion: "TLSv1.2" });
        logger.info("the certificate was read again and is in force");
      }
      inForce = material.cert;
      told = undefined;
    } catch (error) {
      const message = String(error);
      if (message !== told)
        logger.error({ err: error }, "the certificate cannot be read; the one before stays in force");
      told = message;
    }
  };
  return every(LOOK_EVERY_MS, () => void look());
}
