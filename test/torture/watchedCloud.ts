/** A few stacks whose cloud somebody changes at random: drift comes, is another, and goes. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { AuditEvent } from "../../packages/anchorwatch/src/domain/auditEvent.ts";
import { type WrittenStack, writeStack } from "../reference-provider/fixtures.ts";
import { byHand, type WatchedFolder } from "../watch/watchParts.ts";

/** What runs of a resource now. `name`: of a drift by name, what it is called. */
export type Live =
  | { readonly kind: "as_recorded" }
  | { readonly kind: "changed"; readonly name: string }
  | { readonly kind: "deleted" };

export interface WatchedResource {
  readonly stack: string;
  readonly address: string;
  live: Live;
}

export interface WatchedCloud {
  readonly folders: readonly Pick<WatchedFolder, "name" | "dir" | "sweepEveryMs">[];
  readonly resources: readonly WatchedResource[];
  /** Changes something, and gives the event of it. */
  change(): AuditEvent;
}

const STACKS = 3;
const TOPICS = 4;
const HOUR_MS = 3_600_000;
const OFTEN_MS = 8_000;

export async function makeCloud(folder: string, random: () => number): Promise<WatchedCloud> {
  const names = Array.from({ length: STACKS }, (_, at) => `stack-${at}`);
  const written = await Promise.all(names.map((name) => writeStack(join(folder, name), fixtureOf(name))));
  const places = written.flatMap((stack, at) =>
    [...stack.objects].map(([address, { id }]): Place => {
      const resource: WatchedResource = { stack: names[at] ?? "", address, live: { kind: "as_recorded" } };
      return { stack, id, original: liveOf(stack, id), resource };
    }),
  );
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  return {
    // Where no sweep comes, what an event told is all that finds it.
    folders: written.map(({ dir }, at) => ({
      name: names[at] ?? "",
      dir,
      sweepEveryMs: at === 0 ? OFTEN_MS : HOUR_MS,
    })),
    resources: places.map(({ resource }) => resource),
    change() {
      const place = pick(places);
      const live = pick(others(place.resource.live));
      put(place, live);
      place.resource.live = live;
      return byHand([place.id]);
    },
  };
}

interface Place {
  readonly stack: WrittenStack;
  readonly id: string;
  readonly original: object;
  readonly resource: WatchedResource;
}

function fixtureOf(stack: string) {
  const resources = Array.from({ length: TOPICS }, (_, at) => {
    const name = `${stack}-topic-${at}`;
    return { type: "reference_topic", name, set: { name } };
  });
  return { resources };
}

const ALL: readonly Live[] = [
  { kind: "as_recorded" },
  { kind: "changed", name: "One" },
  { kind: "changed", name: "Two" },
  { kind: "deleted" },
];

function others(live: Live): readonly Live[] {
  return ALL.filter((other) => JSON.stringify(other) !== JSON.stringify(live));
}

function liveOf({ storePath }: WrittenStack, id: string): object {
  const content = JSON.parse(readFileSync(storePath, "utf8")) as {
    resources: Record<string, Record<string, object>>;
  };
  return content.resources["reference_topic"]?.[id] ?? {};
}

function put({ stack, id, original }: Place, live: Live): void {
  stack.edit(({ resources }) => {
    const topics = { ...resources["reference_topic"] };
    if (live.kind === "deleted") delete topics[id];
    else topics[id] = { ...original, ...(live.kind === "changed" ? { display_name: live.name } : {}) };
    resources["reference_topic"] = topics;
  });
}
