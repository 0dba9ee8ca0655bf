/** What gives signs of life besides stacks is expected to from the start on, also where the first one never comes. */
import type { WatchRecords } from "../../watch/records.ts";
import { sourceDetector } from "./eventSources.ts";
import { DIGESTS_PATIENCE_MS, digestsDetector } from "./integrity.ts";
import { inventoryDetector, inventoryPatienceMs } from "./inventoryContext.ts";
import { RETENTIONS, RETENTIONS_PATIENCE_MS } from "./renewing.ts";
import type { UnmanagedSettings } from "./unmanagedSettings.ts";
import type { EventSourceSettings } from "./watchSettings.ts";

/** More detectors that are no stacks' than anybody has. */
const MOST = 10_000;
const PREFIXES = [
  sourceDetector({ name: "" }),
  digestsDetector({ name: "" }),
  inventoryDetector({ name: "" }),
];

/**
 * Those of sources that the operator's file has no more, and of retentions that there are no more, are forgotten.
 * @throws AnchorwatchError `database_*`
 */
export async function expectDetectors(
  records: Pick<WatchRecords, "detectors">,
  {
    events,
    renews,
    searches,
    now: at,
  }: {
    readonly events: readonly EventSourceSettings[];
    readonly renews: boolean;
    readonly searches?: UnmanagedSettings | undefined;
    readonly now: Date;
  },
): Promise<void> {
  const { detectors } = records;
  const expected = events.map((source) => ({
    name: sourceDetector(source),
    at,
    expectedWithinMs: source.expectedWithinMs,
  }));
  for (const source of events) {
    if (source.kind === "trail" && source.checkDigests)
      expected.push({ name: digestsDetector(source), at, expectedWithinMs: DIGESTS_PATIENCE_MS });
  }
  if (searches !== undefined)
    for (const account of searches.accounts)
      expected.push({
        name: inventoryDetector(account),
        at,
        expectedWithinMs: inventoryPatienceMs(searches),
      });
  if (renews) expected.push({ name: RETENTIONS, at, expectedWithinMs: RETENTIONS_PATIENCE_MS });
  await detectors.expect(expected);
  const names = new Set(expected.map(({ name }) => name));
  for (const { name } of await detectors.worst(at, MOST)) {
    const isOurs = name === RETENTIONS || PREFIXES.some((prefix) => name.startsWith(prefix));
    if (isOurs && !names.has(name)) await detectors.forget(name);
  }
}
