/** Connections for mail, checked as requests are: what was checked is what is connected to. */
import { connect as connectTo, type Socket } from "node:net";
import type { Connect } from "../alerts/outbound.ts";
import { AnchorwatchError } from "../domain/errors.ts";
import { checkedLookup, type Resolve } from "./lookup.ts";
import { allowsPort, type EgressRules, hostOf, refusalOf, type Target } from "./rules.ts";
import { refused } from "./target.ts";

export interface ConnectOptions {
  /** Those in force: asked for at each connection. */
  readonly rules: () => EgressRules;
  readonly resolve: Resolve;
  /** 10 s unless told. */
  readonly timeoutMs?: number;
}

/** What mail is sent to; whoever gives another one below 1024 would have this server talk to something else. */
const MAIL_PORTS: readonly number[] = [25, 465, 587];
const TIMEOUT_MS = 10_000;

export function newConnect({ rules, resolve, timeoutMs = TIMEOUT_MS }: ConnectOptions): Connect {
  return async (host, port, signal) => {
    signal.throwIfAborted();
    const inForce = rules();
    const target = checkedTarget(host, port, inForce);
    const lookup = checkedLookup(target, inForce, resolve);
    const deadline = AbortSignal.timeout(timeoutMs);
    const limit = AbortSignal.any([signal, deadline]);
    const socket = connectTo({ host: target.name, port, lookup });
    try {
      await connected(socket, limit);
      return socket;
    } catch (error) {
      socket.destroy();
      signal.throwIfAborted();
      if (error instanceof AnchorwatchError) throw error;
      const code = (error as NodeJS.ErrnoException).code ?? "no connection";
      const why = deadline.aborted
        ? `did not answer within ${timeoutMs / 1000} s`
        : `cannot be reached: ${code}`;
      throw new AnchorwatchError("egress_unreachable", `${target.name}:${port} ${why}`, {
        hint: "Look whether it is up, and whether this machine may reach it.",
        cause: error,
      });
    }
  };
}

function connected(socket: Socket, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason as Error);
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort, { once: true });
    const settled = () => signal.removeEventListener("abort", abort);
    socket.once("connect", () => {
      settled();
      resolve();
    });
    socket.once("error", (error) => {
      settled();
      reject(error);
    });
  });
}

/** @throws AnchorwatchError `egress_invalid`, `egress_refused` */
function checkedTarget(host: string, port: number, rules: EgressRules): Target {
  const url = /^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)$/.test(host)
    ? URL.parse(`https://${host}:${port}`)
    : null;
  if (url === null) {
    throw new AnchorwatchError("egress_invalid", "a host that mail should go to is none", {
      hint: "Expected a name such as smtp.example.com, or an address.",
    });
  }
  const target: Target = { ...hostOf(url), isPlain: false, port };
  if (!MAIL_PORTS.includes(port) && !allowsPort(target, rules)) {
    throw refused(host, `asked on port ${port}, which is a service's of its own`);
  }
  const what = target.address === undefined ? undefined : refusalOf(target.address, target, rules);
  if (what !== undefined) throw refused(host, what);
  return target;
}
