/** Who may call this cloud, and whether it can be reached at all. */
import { connect } from "node:net";
import type { Configured } from "../calls/session.ts";
import { ReferenceProviderError } from "../error.ts";

const CONNECT_DEADLINE_MS = 2000;

/** @throws ReferenceProviderError `refused` when the credentials do not allow it or the endpoint does not answer */
export async function admit({ settings, store }: Configured, purpose: "read" | "write"): Promise<void> {
  if (settings.endpoint !== undefined) await reach(settings.endpoint);
  const { access } = store.snapshot().content;
  if (access?.tokens !== undefined && !access.tokens.includes(settings.token ?? "")) {
    throw refused("InvalidClientTokenId: The security token included in the request is invalid");
  }
  if (purpose === "write" && settings.role !== undefined && access?.readers?.includes(settings.role)) {
    throw refused(`AccessDenied: ${settings.role} is not authorized to write`);
  }
}

function reach(endpoint: string): Promise<void> {
  const { hostname, port } = new URL(endpoint);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port || 80), timeout: CONNECT_DEADLINE_MS });
    const fail = (why: string) => {
      socket.destroy();
      reject(refused(`RequestError: send request failed: dial tcp ${hostname}:${port}: ${why}`));
    };
    socket.once("connect", () => {
      socket.destroy();
      resolve();
    });
    socket.once("timeout", () => fail("i/o timeout"));
    socket.once("error", (error) => fail(error.message));
  });
}

function refused(message: string): ReferenceProviderError {
  return new ReferenceProviderError("refused", message);
}
