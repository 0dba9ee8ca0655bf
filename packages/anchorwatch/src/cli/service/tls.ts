/** The certificate that the server shows, read from the operator's files, and read again when they are renewed. */
import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { AnchorwatchError, messageOf } from "../../domain/errors.ts";

export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

/** PEM. */
export interface TlsMaterial {
  readonly cert: string;
  readonly key: string;
}

/** @throws AnchorwatchError `server_tls_unusable`, naming the file */
export async function readTls({ certFile, keyFile }: TlsFiles): Promise<TlsMaterial> {
  const [cert, key] = await Promise.all([readPem(certFile), readPem(keyFile)]);
  const certificate = parsed(certFile, "certificate", () => new X509Certificate(cert));
  const privateKey = parsed(keyFile, "private key without a passphrase", () => createPrivateKey(key));
  if (!certificate.checkPrivateKey(privateKey)) {
    throw unusable(keyFile, `is not the key of the certificate in ${certFile}`);
  }
  return { cert, key };
}

async function readPem(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw unusable(file, `cannot be read: ${messageOf(error)}`, error);
  }
}

function parsed<Material>(file: string, what: string, parse: () => Material): Material {
  try {
    return parse();
  } catch (error) {
    throw unusable(file, `holds no ${what} in PEM form`, error);
  }
}

function unusable(file: string, why: string, cause?: unknown): AnchorwatchError {
  return new AnchorwatchError("server_tls_unusable", `${file} ${why}`, {
    hint: "Name a PEM file with the certificate and its chain, and one with its private key (--tls-cert, --tls-key, or server.tls in anchorwatch.server.yaml).",
    location: { file },
    cause,
  });
}
