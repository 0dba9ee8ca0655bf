/** Clients of the stand-in for S3 whose requests arrive when a test wants it. */
import type { S3Client } from "@aws-sdk/client-s3";
import { type S3Server, s3Client } from "./s3Server.fixture.ts";

export interface LateRequest {
  readonly client: S3Client;
  /** When the request has left the writer. */
  readonly sent: Promise<void>;
  /** Lets it arrive. Resolves when it was answered. */
  readonly arrive: () => Promise<void>;
}

/** A client whose n-th request takes as long as the test wants. */
export function lateRequest(server: S3Server, n: number): LateRequest {
  const [sent, gate, answered] = [
    Promise.withResolvers<void>(),
    Promise.withResolvers<void>(),
    Promise.withResolvers<void>(),
  ];
  let count = 0;
  const client = interposed(server, async (proceed) => {
    if (++count !== n) return proceed();
    sent.resolve();
    await gate.promise;
    try {
      return await proceed();
    } finally {
      answered.resolve();
    }
  });
  const arrive = () => {
    gate.resolve();
    return answered.promise;
  };
  return { client, sent: sent.promise, arrive };
}

/** A client before whose n-th request something else happens. */
export function arrivingBefore(server: S3Server, n: number, happens: () => Promise<void>) {
  let count = 0;
  const client = interposed(server, async (proceed) => {
    if (++count === n) await happens();
    return proceed();
  });
  return { client, asked: () => count };
}

function interposed(
  server: S3Server,
  around: <Answer>(proceed: () => Promise<Answer>) => Promise<Answer>,
): S3Client {
  const client = s3Client(server.endpoint);
  client.middlewareStack.add((next) => (args) => around(() => next(args)), {
    step: "initialize",
    name: "interposed",
  });
  return client;
}
