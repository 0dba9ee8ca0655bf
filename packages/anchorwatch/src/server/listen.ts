import { AnchorwatchError } from "../domain/errors.ts";
import type { Api } from "./api.ts";
import { loopbackAddress } from "./guard/loopback.ts";

/**
 * Listens, and gives the address for people: `http://localhost:7478`.
 * @param host 127.0.0.1, ::1 or localhost
 * @param port 0: any that is free
 * @throws AnchorwatchError `server_address_refused`, `server_address_taken`, `server_address_unusable`
 */
export async function listen(
  api: Api,
  { host = "127.0.0.1", port }: { readonly host?: string; readonly port: number },
): Promise<string> {
  const address = loopbackAddress(host);
  if (address === undefined) {
    throw new AnchorwatchError(
      "server_address_refused",
      `the server does not listen on ${JSON.stringify(host)}: nobody has to sign in yet`,
      { hint: "Use 127.0.0.1, ::1 or localhost; from elsewhere, forward the port with ssh -L." },
    );
  }
  try {
    await api.listen({ host: address, port });
  } catch (error) {
    throw listenError(error, address, port);
  }
  const [bound] = api.addresses();
  const shown = typeof bound === "object" ? bound.port : port;
  return `http://${address === "::1" ? "[::1]" : "localhost"}:${shown}`;
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
