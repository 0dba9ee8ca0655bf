/** Certificates that vouch for themselves, made by openssl. For tests. */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

export interface SelfSigned {
  readonly certFile: string;
  readonly keyFile: string;
  /** PEM. */
  readonly cert: string;
  readonly key: string;
}

/** @param name of the host @param files what its two files are called */
export async function selfSigned(folder: string, name: string, files = "tls"): Promise<SelfSigned> {
  const [keyFile, certFile] = [join(folder, `${files}.key`), join(folder, `${files}.pem`)];
  const made = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
  const about = ["-subj", `/CN=${name}`, "-addext", `subjectAltName=DNS:${name}`];
  await promisify(execFile)("openssl", ["req", ...made, ...about, "-keyout", keyFile, "-out", certFile]);
  return { certFile, keyFile, cert: readFileSync(certFile, "utf8"), key: readFileSync(keyFile, "utf8") };
}
