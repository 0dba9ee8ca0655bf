/** Everything that exists in an account, as far as it can be found out, and what could not be. */
import {
  type Ask,
  type CallGate,
  type CallMeter,
  callGate,
  noteProblem,
  problemOf,
  type SurveyProblem,
} from "./asking.ts";
import { isAws, providerOfUnit } from "./listed.ts";
import type { ClientSettings, Lister, ListingPlace } from "./lister.ts";
import { ownersOf } from "./owners.ts";
import { GLOBAL, type Thing, thingKey } from "./thing.ts";

/** One service in one region. */
export interface SurveyedUnit {
  /** `iam`, `ec2 eu-central-1` */
  readonly unit: string;
  readonly service: string;
  /** `global` where it has none. */
  readonly region: string;
  /** Things that it told of. */
  readonly seen: number;
  /** Empty: it told all. Otherwise nothing is known of what it did not tell. */
  readonly problems: readonly SurveyProblem[];
  /** False: the service that tells the tags of its things could not tell them this time. Whoever may never ask it does without. */
  readonly areTagsKnown: boolean;
  /** Of a provider: types that were asked for, and those that it lists only when it is told what to look for. */
  readonly listed?: readonly string[];
  readonly notListed?: readonly NotListed[];
}

export interface NotListed {
  readonly type: string;
  /** A sentence for people. */
  readonly because: string;
}

/** What the providers of stacks told. */
export interface ToldByProviders {
  readonly units: readonly (Omit<SurveyedUnit, "seen" | "areTagsKnown"> & {
    readonly things: readonly Thing[];
  })[];
  /** False: there may be configurations that are not among these units. */
  readonly isWhole: boolean;
}

export type AskProviders = (
  asking: (onProblem: (problem: SurveyProblem) => void) => Ask,
) => Promise<ToldByProviders>;

export interface Survey {
  readonly things: readonly Thing[];
  readonly units: readonly SurveyedUnit[];
  /** False: a provider that is not among the units may be asked the next time. */
  readonly areProvidersKnown: boolean;
  /** More of these, and their parts, where that costs calls for each. Problems are added to the units. */
  detail(unmanaged: readonly Thing[]): Promise<readonly Thing[]>;
  readonly meter: Readonly<CallMeter>;
}

export interface SurveyPlan {
  readonly account: string;
  readonly partition: string;
  readonly regions: readonly string[];
  readonly settingsOf: (region: string) => ClientSettings;
  readonly listers: readonly Lister[];
  /** These services in these regions alone, and of them what is named; absent: everything. */
  readonly only?: {
    readonly units: ReadonlySet<string>;
    readonly named: ReadonlySet<string>;
    readonly services?: readonly string[];
  };
  /** Absent: providers are not asked. Must not reject but for the signal. */
  readonly askProviders?: AskProviders;
  readonly elapsed: () => number;
  readonly signal: AbortSignal;
}

/** The service that tells the tags of most others. */
export const TAGGING = "tagging";
/** Enough to be quick, and little enough for nobody to be throttled: limits of an account are shared with those who work in it. */
const MOST_CALLS = 8;

export function unitOf(service: string, region: string): string {
  return region === GLOBAL ? service : `${service} ${region}`;
}

/** Of the whole plan, in the order in which they count: what is found by several is told by the first. */
export function unitsOf({ regions, listers }: Pick<SurveyPlan, "regions" | "listers">): readonly string[] {
  return placed(listers, regions).map(({ lister, region }) => unitOf(lister.service, region));
}

/** Never rejects because of what AWS answers. @throws the reason of the signal */
export async function surveyAccount(plan: SurveyPlan): Promise<Survey> {
  const gate = callGate({ most: MOST_CALLS, elapsed: plan.elapsed, signal: plan.signal });
  const asked = askedOf(plan, gate);
  const [listed, providers] = await Promise.all([
    Promise.all(asked.map((one) => guarded(one, plan.signal, () => one.lister.list(one.place)))),
    plan.askProviders?.((onProblem) => gate.asking(onProblem)) ?? { units: [], isWhole: true },
  ]);
  const things = merged([
    ...asked.map(({ lister, unit, problems }, at) => ({
      ...{ unit, types: lister.types, isWhole: problems.length === 0 },
      things: listed[at] ?? [],
    })),
    // Services tell more of their things than providers do.
    ...providers.units.map(({ unit, things: told }) => ({ unit, types: [], isWhole: false, things: told })),
  ]);
  const failing = asked
    .filter(({ lister, problems }) => lister.service === TAGGING && problems.some(isPassing))
    .map(({ region }) => region);
  return {
    things: [...things, ...ownersOf(things)],
    units: [
      ...asked.map(({ lister: { service, tellsTags = false }, region, unit, problems }, at) => ({
        ...{ unit, service, region, problems, seen: listed[at]?.length ?? 0 },
        areTagsKnown: tellsTags || !failing.some((one) => region === GLOBAL || one === region),
      })),
      ...providers.units.map(({ things: told, ...unit }) => ({
        ...{ ...unit, seen: told.length },
        areTagsKnown: failing.length === 0 || !isAws(providerOfUnit(unit.unit) ?? ""),
      })),
    ],
    areProvidersKnown: providers.isWhole,
    meter: gate.meter,
    async detail(unmanaged) {
      const more = await Promise.all(
        asked.map(async (one) => {
          const { lister, place, unit } = one;
          const own = unmanaged.filter((thing) => thing.unit === unit);
          if (own.length === 0 || lister.more === undefined) return [];
          return await guarded(one, plan.signal, async () => (await lister.more?.(place, own)) ?? []);
        }),
      );
      return more.flat();
    },
  };
}

/** Each service in each region that is asked, with what could not be. */
function askedOf(plan: SurveyPlan, gate: CallGate) {
  return placed(plan.listers, plan.regions)
    .map((at) => ({ ...at, unit: unitOf(at.lister.service, at.region) }))
    .filter(({ unit }) => plan.only?.units.has(unit) ?? true)
    .map(({ lister, region, unit }) => {
      const problems: SurveyProblem[] = [];
      const ask = gate.asking((problem) => noteProblem(problems, problem));
      const client = plan.settingsOf(region === GLOBAL ? (plan.regions[0] ?? "us-east-1") : region);
      const place: ListingPlace = {
        ...{ account: plan.account, partition: plan.partition, client, unit, ask },
        ...(plan.only === undefined ? {} : { named: plan.only.named }),
        ...(plan.only?.services === undefined ? {} : { services: plan.only.services }),
      };
      return { lister, region, unit, problems, place };
    });
}

/** It may be otherwise the next time. */
function isPassing({ kind }: SurveyProblem): boolean {
  return kind === "failed";
}

/** An answer that nobody understands is a problem of that service alone. */
async function guarded(
  { lister: { service }, problems }: { readonly lister: Lister; readonly problems: SurveyProblem[] },
  signal: AbortSignal,
  list: () => Promise<readonly Thing[]>,
): Promise<readonly Thing[]> {
  try {
    return await list();
  } catch (error) {
    signal.throwIfAborted();
    noteProblem(problems, problemOf(service, error));
    return [];
  }
}

function placed(listers: readonly Lister[], regions: readonly string[]) {
  return listers.flatMap((lister) =>
    (lister.isGlobal === true ? [GLOBAL] : regions).map((region) => ({ lister, region })),
  );
}

interface Told {
  readonly unit: string;
  readonly types: readonly string[];
  readonly isWhole: boolean;
  readonly things: readonly Thing[];
}

/**
 * One thing each. Tags may tell of what is gone already: where the service itself told everything of that kind, only what it told counts.
 */
function merged(all: readonly Told[]): readonly Thing[] {
  const things = new Map<string, Thing>();
  /** By what is stored of them: one may tell its ARN, and the other one not. */
  const keys = new Map<string, string>();
  const whole = new Set<string>();
  for (const { types, isWhole, things: told, unit } of all) {
    for (const thing of told) {
      const stored = thingKey(thing);
      const key = [thing.arn, keys.get(stored)].find((one) => one !== undefined && things.has(one));
      const known = key === undefined ? undefined : things.get(key);
      if (key !== undefined && known !== undefined) {
        things.set(key, { ...known, ...bothRead(known, thing), tags: { ...thing.tags, ...known.tags } });
        continue;
      }
      if (whole.has(`${thing.type} ${thing.region}`)) continue;
      const own = thing.arn ?? stored;
      things.set(own, thing);
      keys.set(stored, own);
    }
    if (!isWhole) continue;
    const region = unit.includes(" ") ? unit.slice(unit.indexOf(" ") + 1) : GLOBAL;
    for (const type of types) whole.add(`${type} ${region}`);
  }
  return [...things.values()];
}

/** Two configurations of a provider may tell of one thing. */
function bothRead({ readBy: one }: Thing, { readBy: other }: Thing): Pick<Thing, "readBy"> {
  return one === undefined || other === undefined ? {} : { readBy: new Set([...one, ...other]) };
}
