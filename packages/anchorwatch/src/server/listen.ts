import { isIP } from "node:net";
import { AnchorwatchError } from "../domain/errors.ts";
import type { Place } from "./access/place.ts";
import type { Api } from "./api.ts";
import { loopbackAddress } from "./guard/loopback.ts";

export interface Listening {
  /** An address of this machine, or `0.0.0.0` or `::` for all of them. Absent: 127.0.0.1. */
  readonly host?: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly place: Place;
}

/**
 * Listens, and gives the address for people: `http://localhost:7478`, or the public one. Off loopback only with TLS: whoever listens on the
 * way would hold the sessions of all.
 * @throws AnchorwatchError `server_address_refused`, `server_address_taken`, `server_address_unusable`
 */
export async function listen(api: Api, { host = "127.0.0.1", port, place }: Listening): Promise<string> {
  const loopback = loopbackAddress(host);
  const address = loopback ?? outsideAddress(host, place);
  try {
    await api.listen({ host: address, port });
  } catch (error) {
    throw listenError(error, address, port);
  }
  const [bound] = api.addresses();
  const shown = typeof bound === "object" ? bound.port : port;
  const name =
    loopback === undefined && isIP(address) !== 0 && !ALL.includes(address) ? address : "localhost";
  place.listensAt(`${place.scheme}://${name.includes(":") ? `[${name}]` : name}:${shown}`);
  return place.url;
}

const ALL: readonly string[] = ["0.0.0.0", "::"];

function outsideAddress(host: string, place: Place): string {
  const refused = (why: string, hint: string) =>
    new AnchorwatchError(
      "server_address_refused",
      `the server does not listen on ${JSON.stringify(host)}${why}`,
      { hint },
    );
  if (isIP(host) === 0) {
    throw refused(", which is no address", "Give an address of this machine, or 0.0.0.0 for all of them.");
  }
  if (place.scheme === "http") {
    throw refused(
      " without TLS",
      "Give --tls-cert and --tls-key, or leave it on loopback behind a proxy of this machine that speaks TLS; ssh -L forwards its port.",
    );
  }
  if (place.isLocal) {
    throw refused(
      " without knowing its name there",
      "Give --public-url https://NAME (server.publicUrl in anchorwatch.server.yaml): requests that name another host are refused.",
    );
  }
  return host;
}

function listenError(cause: unknown, address: string, port: number): unknown {
  const { code } = cause as NodeJS.ErrnoException;
  const place = `port ${port} of ${address}`;
  switch (code) {
    case "EADDRINUSE":
      return new AnchorwatchError("server_address_taken", `another program listens on ${place} already`, {
        hint: "Choose another one with --port, or 0 for any that is free.",
        cause,
      });
    case "EACCES":
    case "EPERM":
      return new AnchorwatchError(
        "server_address_unusable",
        `the system does not allow listening on ${place}`,
        {
          hint: "Ports below 1024 are for root; choose a higher one with --port.",
          cause,
        },
      );
    case "EADDRNOTAVAIL":
    case "EAFNOSUPPORT":
      return new AnchorwatchError("server_address_unusable", `this machine has no address ${address}`, {
        hint: "Use 127.0.0.1.",
        cause,
      });
    default:
      return cause;
  }
}
