/** The gRPC server: every call of the provider, and what go-plugin asks of a plugin. */
import { once } from "node:events";
import {
  type handleServerStreamingCall,
  type handleUnaryCall,
  Server,
  ServerCredentials,
  status,
} from "@grpc/grpc-js";
import { type Call, type StreamCall, Unimplemented } from "../calls/call.ts";
import { CHANGE_CALLS } from "../calls/change.ts";
import { IDENTITY_CALLS, LIST_CALLS } from "../calls/list.ts";
import { PROVIDER_CALLS } from "../calls/provider.ts";
import type { Session } from "../calls/session.ts";
import { STATE_CALLS } from "../calls/state.ts";
import { bytesMethod } from "./method.ts";
import { addPluginServices } from "./services.ts";

const CALLS: readonly Call[] = [...PROVIDER_CALLS, ...STATE_CALLS, ...CHANGE_CALLS, ...IDENTITY_CALLS];

export interface ServedProvider {
  /** Ends the server at once; calls under way fail. */
  close(): void;
}

/** Listens on a unix socket. @param shutdown called when the client asks the provider to end */
export async function serveProvider(
  socket: string,
  session: Session,
  shutdown: () => void,
): Promise<ServedProvider> {
  // The AWS provider sends 4.9 MB of schema; grpc-js by itself would refuse more than 4 MB in a request.
  const server = new Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
  const methods = CALLS.map(({ name }) => [name, bytesMethod(`/tfplugin6.Provider/${name}`)] as const);
  const handlers = CALLS.map((call) => [call.name, handler(call, session)] as const);
  server.addService(Object.fromEntries(methods), Object.fromEntries(handlers));
  for (const call of LIST_CALLS) {
    const method = bytesMethod(`/tfplugin6.Provider/${call.name}`, { response: true });
    server.addService({ [call.name]: method }, { [call.name]: streamHandler(call, session) });
  }
  addPluginServices(server, shutdown);
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(`unix:${socket}`, ServerCredentials.createInsecure(), (error) =>
      error === null ? resolve() : reject(error),
    );
  });
  return { close: () => server.forceShutdown() };
}

function handler(call: Call, session: Session): handleUnaryCall<Buffer, Buffer> {
  return (request, callback) => {
    call.run(request.request, session).then(
      (answer) => callback(null, Buffer.from(answer.buffer, answer.byteOffset, answer.byteLength)),
      (error: unknown) => callback(statusOf(error)),
    );
  };
}

function streamHandler(call: StreamCall, session: Session): handleServerStreamingCall<Buffer, Buffer> {
  return (stream) => {
    const send = async () => {
      for await (const message of call.run(stream.request, session)) {
        if (stream.cancelled) return;
        const isTaken = stream.write(Buffer.from(message.buffer, message.byteOffset, message.byteLength));
        if (!isTaken) await Promise.race([once(stream, "drain"), once(stream, "cancelled")]);
      }
      stream.end();
    };
    send().catch((error: unknown) => stream.emit("error", statusOf(error)));
  };
}

function statusOf(error: unknown) {
  const details = error instanceof Error ? error.message : String(error);
  return { code: error instanceof Unimplemented ? status.UNIMPLEMENTED : status.INTERNAL, details };
}
