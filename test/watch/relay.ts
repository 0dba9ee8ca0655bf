/** A way to a server that can be cut and mended, at one address all the time. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export interface Relay {
  readonly endpoint: string;
  /**
   * From now on every connection ends as soon as it is made. Resolves when the server has done with what was under way: a mock that
   * is still waiting for a message takes the next one for a caller who has gone.
   */
  cut(): Promise<void>;
  mend(): void;
  close(): Promise<void>;
}

export async function relayTo(endpoint: string): Promise<Relay> {
  const { hostname, port } = new URL(endpoint);
  const callers = new Set<Socket>();
  const upstream = new Set<Socket>();
  let isCut = false;
  const server = createServer((caller) => {
    if (isCut) return caller.destroy();
    const socket = connect(Number(port), hostname);
    keep(callers, caller);
    keep(upstream, socket);
    caller.pipe(socket);
    socket.on("data", (bytes) => caller.write(bytes)).once("end", () => caller.end());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async cut() {
      isCut = true;
      for (const caller of callers) caller.destroy();
      await Promise.all([...upstream].map((socket) => once(socket.end(), "close")));
    },
    mend: () => {
      isCut = false;
    },
    async close() {
      for (const socket of [...callers, ...upstream]) socket.destroy();
      const closed = once(server, "close");
      server.close();
      await closed;
    },
  };
}

function keep(sockets: Set<Socket>, socket: Socket): void {
  sockets.add(socket);
  // Why a connection ended is of no interest here, only that it did.
  socket.on("error", () => socket.destroy());
  socket.once("close", () => sockets.delete(socket));
}
