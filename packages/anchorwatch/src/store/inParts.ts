/** So that no statement runs for minutes and holds up what cleans the tables. */
const PART = 10_000;

/** Does it again until it finds less than a part. @returns how many rows there were in all */
export async function inParts(
  doPart: (limit: number) => Promise<{ readonly numAffectedRows?: bigint }>,
): Promise<number> {
  for (let done = 0; ; ) {
    const { numAffectedRows = 0n } = await doPart(PART);
    done += Number(numAffectedRows);
    if (numAffectedRows < PART) return done;
  }
}
