import { LogClient, leafHash, verifyInclusion } from "tlog";
import { expect, it } from "vitest";
import { logOf } from "./log.fixture.ts";
import { Prover } from "./prover.ts";

it.each([1, 255, 256, 257, 700])("proves every entry of a log of %i, in any order", async (size) => {
  const log = await logOf(size);
  const client = new LogClient(log.source, { keys: [log.key] });
  const { checkpoint } = await client.checkpoint();
  const prover = new Prover(client, size);
  const inOrder = Array.from({ length: size }, (_, index) => index);
  for (const index of [...inOrder, ...inOrder.toReversed().filter((at) => at % 50 < 2)]) {
    const { leaf, proof } = await prover.prove(index);
    expect(leaf).toEqual(await leafHash(log.entries[index] as Uint8Array));
    await verifyInclusion({ index, size, leaf, proof, root: checkpoint.root });
  }
});

it("proves the entries beside a damaged one, whose hash is still there", async () => {
  const log = await logOf(300);
  const bundle = log.files.get("tile/entries/000") as Uint8Array;
  bundle[700] = (bundle[700] as number) ^ 1;
  const client = new LogClient(log.source, { keys: [log.key] });
  const { checkpoint } = await client.checkpoint();
  const prover = new Prover(client, 300);
  for (const index of [0, 1, 2, 3]) {
    const { leaf, proof } = await prover.prove(index);
    expect(leaf).toEqual(await leafHash(log.entries[index] as Uint8Array));
    await verifyInclusion({ index, size: 300, leaf, proof, root: checkpoint.root });
  }
});

it("refuses an entry that the log does not have", async () => {
  const log = await logOf(300);
  const prover = new Prover(new LogClient(log.source), 300);
  await expect(prover.prove(300)).rejects.toMatchObject({ code: "proof_range_invalid" });
});
