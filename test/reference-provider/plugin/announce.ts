/** The line by which a plugin says where it listens, and the conditions for saying it. */
import { ReferenceProviderError } from "../error.ts";

type Environment = Readonly<Record<string, string | undefined>>;

const COOKIE = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";
const PROTOCOL = "6";

/** @throws ReferenceProviderError `start_refused` when whoever started this is no client for it */
export function expectClient(environment: Environment): void {
  if (environment["TF_PLUGIN_MAGIC_COOKIE"] !== COOKIE) {
    throw refused("This is a plugin for Terraform and its kin: they start it, people do not.");
  }
  const offered = (environment["PLUGIN_PROTOCOL_VERSIONS"] ?? PROTOCOL).split(",");
  if (!offered.includes(PROTOCOL)) {
    throw refused(`This provider speaks protocol 6; the client offers ${offered.join(", ")}.`);
  }
  if (environment["PLUGIN_CLIENT_CERT"] !== undefined) {
    throw refused("This provider does not speak TLS: set TF_DISABLE_PLUGIN_TLS=1 for Terraform.");
  }
}

export function announcement(socket: string, protocol = PROTOCOL): string {
  return `1|${protocol}|unix|${socket}|grpc|\n`;
}

function refused(message: string): ReferenceProviderError {
  return new ReferenceProviderError("start_refused", message);
}
