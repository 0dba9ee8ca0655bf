/** The ledger of a running server, for the commands that read ledgers: by its address, and with the login that this user has there. */
import { looksLikeServer, parseServerAddress } from "../../client/serverAddress.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import { writeTo } from "../output.ts";
import type { Surroundings } from "../surroundings.ts";
import { loginTo } from "./namedServer.ts";

interface Flags {
  readonly ledger?: string;
  readonly server?: string;
}

/** `--server URL` means the ledger that is served there. @throws AnchorwatchError `server_url_invalid`, `ledger_name_invalid` */
export function withServersLedger<F extends Flags>(flags: F): F {
  const { server, ledger } = flags;
  if (server === undefined || !looksLikeServer(server)) return flags;
  const address = `${parseServerAddress(server)}${PATH}`;
  if (ledger !== undefined) {
    throw new AnchorwatchError("ledger_name_invalid", "Two ledgers were named", {
      hint: "Give --ledger, or --server with an address.",
    });
  }
  const { server: _, ...others } = flags;
  return { ...others, ledger: address } as F;
}

const PATH = "/ledger/";

/**
 * Ledgers are read with a login's token where this user has one for exactly that server. A server that wants to know who asks is answered
 * as any refusal is; how one logs in is said beside it.
 */
export function readingWithLogins(surroundings: Surroundings): Surroundings {
  const { ledgerMachine, stderr } = surroundings;
  const { fetch } = ledgerMachine;
  const told = new Set<string>();
  const fetchAsUser: typeof fetch = async (input, init) => {
    const { origin, pathname } = new URL(input instanceof Request ? input.url : input);
    if (!pathname.startsWith(PATH)) return await fetch(input, init);
    const login = await loginTo(origin, surroundings);
    const response = await fetch(input, login === undefined ? init : asUser(init, login.token));
    const wantsLogin = response.status === 401 && response.headers.get("www-authenticate") === "Bearer";
    if (wantsLogin && !told.has(origin)) {
      told.add(origin);
      await writeTo(
        stderr,
        `${origin} wants to know who reads its ledger: anchorwatch login --server ${origin}\n`,
      );
    }
    return response;
  };
  return { ...surroundings, ledgerMachine: { ...ledgerMachine, fetch: fetchAsUser } };
}

/** A redirect would take the token along, within the server or out of it. */
function asUser(init: RequestInit | undefined, token: string): RequestInit {
  const headers = new Headers(init?.headers);
  headers.set("authorization", `Bearer ${token}`);
  return { ...init, headers, redirect: "error" };
}
