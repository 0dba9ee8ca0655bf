import { describe, expect, test } from "vitest";
import { openCheckpoint } from "./checkpoint.ts";
import { LogClient } from "./client.ts";
import { refused } from "./errors.fixture.ts";
import { serve } from "./httpServer.fixture.ts";
import { MemoryLog, memoryEntry, ORIGIN, otherHistoryFrom } from "./memoryLog.fixture.ts";
import { formatNote, parseNote } from "./note.ts";
import { testSigner } from "./signer.fixture.ts";
import { NOW_SECONDS, proofOf, type TestWitness, testWitness } from "./witness.fixture.ts";
import { type CosignRequest, requestCosignature } from "./witnessClient.ts";

const { key } = await testSigner("witness.example/w1", "cosignature-ed25519");
const ONCE = { retryDelaysMs: [] };

/** A witness behind real HTTP, and how often it was asked. */
async function served(by: TestWitness): Promise<{ readonly url: string; readonly asked: () => number }> {
  let asked = 0;
  const url = await serve(async (request, response, body) => {
    asked++;
    const { method = "", url: path = "" } = request;
    const answer = await by.witness.handle({ method, path, body });
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  return { url: `${url}/v1/`, asked: () => asked };
}

function requestFor(log: MemoryLog, url: string, old?: number): CosignRequest {
  return {
    url,
    keys: [key],
    checkpoint: log.checkpoint,
    proof: (older) => proofOf(log, older),
    ...(old === undefined ? {} : { old }),
  };
}

async function answering(status: number, body: string, contentType = "text/plain"): Promise<string> {
  return serve((_request, response) => {
    response.writeHead(status, { "content-type": contentType }).end(body);
  });
}

describe("asking a witness", () => {
  test("brings a checkpoint with its cosignature, which the log's readers can verify", async () => {
    const { url } = await served(await testWitness());
    const log = await MemoryLog.publish([5]);
    const { checkpoint, signatures, time } = await requestCosignature(requestFor(log, url));
    expect(time).toBe(NOW_SECONDS);
    expect(signatures).toMatchObject([{ name: "witness.example/w1", keyId: key.keyId }]);
    const opened = await openCheckpoint(checkpoint, [log.signer.key, key]);
    expect(opened.signedBy).toEqual([log.signer.key, key]);
  });

  test("learns the size that it knows, and gives the proof from there", async () => {
    const { url, asked } = await served(await testWitness());
    const log = await MemoryLog.publish([5]);
    await requestCosignature(requestFor(log, url));
    await log.grow(300);
    await requestCosignature(requestFor(log, url));
    expect(asked()).toBe(3);
    await log.grow(301);
    await requestCosignature(requestFor(log, url, 300));
    expect(asked()).toBe(4);
    await requestCosignature(requestFor(log, url, 999));
    expect(asked()).toBe(5);
  });

  test("works with proofs out of the log's tiles", async () => {
    const { url } = await served(await testWitness());
    const log = await MemoryLog.publish([5]);
    await requestCosignature(requestFor(log, url));
    await log.grow(600);
    const client = new LogClient(log.source(), { keys: [log.signer.key] });
    const { text: checkpoint } = await client.checkpoint();
    const proof = (older: number) => client.consistencyProof(older);
    const cosigned = await requestCosignature({ url, keys: [key], checkpoint, proof });
    expect(cosigned.signatures).toHaveLength(1);
  });

  test("a newer line takes the place of an older one by the same key", async () => {
    const { url } = await served(await testWitness());
    const log = await MemoryLog.publish([5]);
    const once = await requestCosignature(requestFor(log, url));
    const twice = await requestCosignature({ ...requestFor(log, url), checkpoint: once.checkpoint });
    expect(parseNote(twice.checkpoint).signatures).toHaveLength(2);
  });

  test("a busy witness is asked again", async () => {
    const witness = await testWitness();
    let asked = 0;
    const url = await serve(async (_request, response, body) => {
      if (asked++ === 0) return void response.writeHead(503).end();
      const answer = await witness.witness.handle({ method: "POST", path: "/add-checkpoint", body });
      response.writeHead(answer.status, answer.headers).end(answer.body);
    });
    const log = await MemoryLog.publish([5]);
    await requestCosignature(requestFor(log, url), { retryDelaysMs: [1] });
    expect(asked).toBe(2);
  });
});

describe("a witness that does not agree", () => {
  test("because it knows a larger tree: the log was rolled back", async () => {
    const { url } = await served(await testWitness());
    await requestCosignature(requestFor(await MemoryLog.publish([7]), url));
    const error = await refused("witness_ahead", async () =>
      requestCosignature(requestFor(await MemoryLog.publish([5]), url)),
    );
    expect(error.message).toContain("has cosigned a tree of 7 entries, and this checkpoint has only 5");
  });

  test.each([5, 8])("because it knows another history, with %i entries shown", async (size) => {
    const { url } = await served(await testWitness());
    await requestCosignature(requestFor(await MemoryLog.publish([5]), url));
    const fork = await MemoryLog.publish([size], otherHistoryFrom(2));
    await refused("witness_conflict", () => requestCosignature(requestFor(fork, url)));
  });

  test("because it does not know the log or its key", async () => {
    const { url } = await served(await testWitness());
    const other = await MemoryLog.publish([5], memoryEntry, "example.com/other");
    const unknown = await refused("witness_refused", () => requestCosignature(requestFor(other, url)));
    expect(unknown.message).toContain('answered 404: "this witness does not watch');
    const log = await MemoryLog.publish([5]);
    const [own] = parseNote(log.checkpoint).signatures;
    const unsigned = formatNote({
      text: parseNote(log.checkpoint).text,
      signatures: [{ ...(own ?? expect.fail()), name: "somebody" }],
    });
    await refused("witness_refused", () =>
      requestCosignature({ ...requestFor(log, url), checkpoint: unsigned }),
    );
  });
});

describe("an answer that is none", () => {
  const cosigned = async () => {
    const { url } = await served(await testWitness());
    const log = await MemoryLog.publish([5]);
    const { signatures } = await requestCosignature(requestFor(log, url));
    return { log, signature: signatures[0] ?? expect.fail() };
  };
  const line = (note: string) => note.slice(note.lastIndexOf("—"));

  test("a false cosignature by a known key is refused", async () => {
    const { log, signature } = await cosigned();
    const forged = { ...signature, signature: signature.signature.with(20, 0) };
    const note = formatNote({ text: parseNote(log.checkpoint).text, signatures: [forged] });
    const url = await answering(200, line(note));
    const error = await refused("witness_answer_invalid", () => requestCosignature(requestFor(log, url)));
    expect(error.message).toContain("does not belong to the checkpoint and its key");
  });

  test("lines by unknown keys are ignored, but one by the witness is needed", async () => {
    const { log, signature } = await cosigned();
    const { text } = parseNote(log.checkpoint);
    const stranger = { ...signature, name: "stranger.example" };
    const both = formatNote({ text, signatures: [stranger, signature] });
    const lines = both.slice(text.length + 1);
    const { signatures } = await requestCosignature(requestFor(log, await answering(200, lines)));
    expect(signatures).toEqual([signature]);
    const url = await answering(200, line(formatNote({ text, signatures: [stranger] })));
    await refused("witness_answer_invalid", () => requestCosignature(requestFor(log, url)));
  });

  test.each([
    [200, "", "text/plain"],
    [200, "<html>welcome</html>\n", "text/html"],
    [200, "x".repeat(70_000), "text/plain"],
    [409, "5", "text/x.tlog.size"],
    [409, "5\n", "text/plain"],
    [409, "05\n", "text/x.tlog.size"],
    [418, "short and stout", "text/plain"],
    [400, "", "text/plain"],
  ])("%i %j of type %s is refused", async (status, body, contentType) => {
    const url = await answering(status, body, contentType);
    const log = await MemoryLog.publish([8]);
    await refused("witness_answer_invalid", () => requestCosignature(requestFor(log, url), ONCE));
  });

  test("a witness that changes its mind for ever is left", async () => {
    let asked = 0;
    const url = await serve((_request, response) => {
      asked++;
      response.writeHead(409, { "content-type": "text/x.tlog.size" }).end(`${1 + (asked % 2)}\n`);
    });
    const log = await MemoryLog.publish([8]);
    await refused("witness_conflict", () => requestCosignature(requestFor(log, url), ONCE));
    expect(asked).toBe(5);
  });

  test("a witness that sends the request elsewhere is not followed", async () => {
    const { url } = await served(await testWitness());
    const redirecting = await serve((_request, response) => {
      response.writeHead(307, { location: `${url}add-checkpoint` }).end();
    });
    const log = await MemoryLog.publish([8]);
    await refused("source_failed", () => requestCosignature(requestFor(log, redirecting), ONCE));
  });

  test("an address that is none is refused before anything is sent", async () => {
    const log = await MemoryLog.publish([8]);
    await refused("source_address_invalid", () => requestCosignature(requestFor(log, `ftp://${ORIGIN}`)));
  });
});
