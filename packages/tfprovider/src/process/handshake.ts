/**
 * The line by which a go-plugin program says where it listens: `CORE|PROTOCOL|NETWORK|ADDRESS|grpc|CERT`.
 * @see https://github.com/hashicorp/go-plugin/blob/main/docs/internals.md
 */
import type { NetConnectOpts } from "node:net";
import { ProviderError } from "../errors.ts";
import type { Protocol } from "../wire/rpc.ts";

/** Without it a provider prints a help text and ends: it guards against being started by hand, and is no secret. */
export const MAGIC_COOKIE = {
  TF_PLUGIN_MAGIC_COOKIE: "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
} as const;

export interface Handshake {
  readonly protocol: Protocol;
  readonly address: NetConnectOpts;
}

/** @throws ProviderError `provider_handshake_failed`, `provider_protocol_unsupported` */
export function parseHandshake(line: string): Handshake {
  const [core, protocol, network, address, transport, certificate] = line.trim().split("|");
  if (core !== "1" || address === undefined || address === "") {
    throw failed("its first line of output is no plugin handshake");
  }
  if (transport !== "grpc") throw failed("it offers no gRPC");
  if (certificate !== undefined && certificate !== "") throw failed("it demands TLS, which was not offered");
  if (protocol !== "5" && protocol !== "6") {
    throw new ProviderError(
      "provider_protocol_unsupported",
      `the provider speaks plugin protocol ${protocol}; this works with 5 and 6`,
      { hint: "Use a version of the provider made for Terraform 0.12 or newer." },
    );
  }
  return { protocol: protocol === "5" ? 5 : 6, address: addressOf(network ?? "", address) };
}

function addressOf(network: string, address: string): NetConnectOpts {
  if (network === "unix") return { path: address };
  const match = /^(127\.0\.0\.1|\[::1\]|localhost):([0-9]{1,5})$/.exec(address);
  if (network === "tcp" && match) {
    return { host: (match[1] as string).replace(/^\[|\]$/g, ""), port: Number(match[2]) };
  }
  // A provider that listens off this machine is no plugin of ours; never connect to what it names.
  throw failed("it listens on neither a unix socket nor the loopback address");
}

function failed(why: string): ProviderError {
  return new ProviderError(
    "provider_handshake_failed",
    `the program did not start as a Terraform provider: ${why}`,
    {
      hint: "Check that the file is a provider for this operating system and processor.",
    },
  );
}
