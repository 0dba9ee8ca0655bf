/** Test support: a running reference provider and a client of grpc-js, which knows nothing of our own client. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, credentials } from "@grpc/grpc-js";
import { onTestFinished } from "vitest";
import type { Message } from "../../packages/tfprovider/src/wire/message.ts";
import { installReferenceProvider } from "./install.ts";
import type { StartFault } from "./plugin/startFault.ts";

const COOKIE = {
  TF_PLUGIN_MAGIC_COOKIE: "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
};

/** A folder that is gone when the test ends. */
export function testFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "refprov-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface TestProvider {
  readonly child: ChildProcess;
  readonly exited: Promise<number | null>;
  readonly socket: string;
  readonly stderr: () => string;
  /** @throws the client's error, whose `code` is the status of gRPC */
  call<Q, A>(path: string, request: Message<Q>, value: Partial<Q>, answer: Message<A>): Promise<A>;
}

export async function startProgram(folder: string, faults: readonly StartFault[] = [], environment = {}) {
  const { executable } = await installReferenceProvider(join(folder, "mirror"), { faults });
  const child = spawn(executable, [], {
    env: { ...COOKIE, PLUGIN_UNIX_SOCKET_DIR: folder, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await exited;
  });
  return { child, exited };
}

/** Starts the provider and waits until it says where it listens. */
export async function startProvider(
  folder: string,
  faults: readonly StartFault[] = [],
): Promise<TestProvider> {
  const { child, exited } = await startProgram(folder, faults);
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const line = await new Promise<string>((resolve) =>
    child.stdout.once("data", (data) => resolve(String(data))),
  );
  const socket = line.split("|")[3] as string;
  const client = new Client(`unix:${socket}`, credentials.createInsecure(), {
    "grpc.max_receive_message_length": -1,
  });
  onTestFinished(() => client.close());
  return {
    child,
    exited,
    socket,
    stderr: () => stderr,
    call: async (path, request, value, answer) =>
      answer.decode(await unaryCall(client, path, Buffer.from(request.encode(value)))),
  };
}

function unaryCall(client: Client, path: string, request: Buffer): Promise<Buffer> {
  const same = (bytes: Buffer) => bytes;
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(path, same, same, request, (error, answer) =>
      answer === undefined ? reject(error as Error) : resolve(answer),
    );
  });
}
