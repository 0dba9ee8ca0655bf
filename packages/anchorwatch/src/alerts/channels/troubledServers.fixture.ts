/** Servers with which nothing can be done, and each in its own way. */
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import type { SelfSigned } from "../../server/selfSigned.fixture.ts";
import type { Place } from "./kinds.fixture.ts";

export interface TroubledServer extends Place {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/** Bytes instead of an answer; what is given again and again comes until the other side has enough. */
export async function startBytes(first: string, again?: { readonly text: string; readonly everyMs: number }) {
  const timers = new Set<NodeJS.Timeout>();
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.write(first);
    if (again === undefined) return;
    const more = () => {
      if (!socket.writableNeedDrain) socket.write(again.text);
    };
    const timer = setInterval(more, again.everyMs);
    timers.add(timer);
    socket.on("drain", more).on("close", () => clearInterval(timer));
  });
  return await started(server, "http", () => {
    for (const timer of timers) clearInterval(timer);
  });
}

/** Its certificate is its own word. @param asked is told of requests that get through */
export async function startUnbelieved(tls: SelfSigned, asked: () => void): Promise<TroubledServer> {
  const server = createTlsServer(tls, (_request, response) => {
    asked();
    response.end();
  });
  server.on("tlsClientError", () => {});
  return await started(server, "https", () => server.closeAllConnections());
}

async function started(server: Server, scheme: "http" | "https", stop: () => void): Promise<TroubledServer> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    ...{ url: `${scheme}://127.0.0.1:${port}`, port },
    allow: `${scheme === "http" ? "http://" : ""}127.0.0.1:${port}`,
    close: async () => {
      stop();
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
