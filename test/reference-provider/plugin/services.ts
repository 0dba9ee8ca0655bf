/**
 * What go-plugin's client asks of any plugin: whether it lives, to end, and two streams that stay open and carry nothing.
 * @see https://github.com/hashicorp/go-plugin/blob/main/docs/internals.md
 */
import type {
  handleBidiStreamingCall,
  handleServerStreamingCall,
  handleUnaryCall,
  Server,
} from "@grpc/grpc-js";
import { define, integer } from "../../../packages/tfprovider/src/wire/message.ts";
import { bytesMethod } from "./method.ts";

const SERVING = 1;
const HealthAnswer = define({ status: integer(1) });
const EMPTY = Buffer.alloc(0);

export function addPluginServices(server: Server, shutdown: () => void): void {
  const check: handleUnaryCall<Buffer, Buffer> = (_, callback) =>
    callback(null, Buffer.from(HealthAnswer.encode({ status: SERVING })));
  server.addService({ check: bytesMethod("/grpc.health.v1.Health/Check") }, { check });

  const end: handleUnaryCall<Buffer, Buffer> = (_, callback) => {
    callback(null, EMPTY);
    shutdown();
  };
  server.addService({ end: bytesMethod("/plugin.GRPCController/Shutdown") }, { end });

  const output: handleServerStreamingCall<Buffer, Buffer> = (call) => call.on("cancelled", () => call.end());
  server.addService({ output: bytesMethod("/plugin.GRPCStdio/StreamStdio", { response: true }) }, { output });

  const broker: handleBidiStreamingCall<Buffer, Buffer> = (call) => {
    call.on("end", () => call.end());
    call.resume();
  };
  const both = { request: true, response: true } as const;
  server.addService({ broker: bytesMethod("/plugin.GRPCBroker/StartStream", both) }, { broker });
}
