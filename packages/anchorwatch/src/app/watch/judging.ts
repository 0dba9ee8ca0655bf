/** What becomes of each thing that runs: some stack has it, a rule leaves it out, it is told elsewhere, or nobody has it. */
import type { LeavingOut, LeftOut } from "../../inventory/leftOut.ts";
import { namesOf, type Owner, ownerOf } from "../../inventory/matching.ts";
import type { Survey } from "../../inventory/survey.ts";
import { type Thing, thingKey } from "../../inventory/thing.ts";
import type { WatchRecords } from "../../watch/records.ts";
import type { StackId } from "../../watch/stack.ts";

export type Judgement =
  | { readonly kind: "managed"; readonly owner: Owner }
  /** The stack that has its parent tells of it. */
  | { readonly kind: "with_parent" }
  /** It left the state of a stack, and is an open drift of that one. */
  | { readonly kind: "drift" }
  | { readonly kind: "left_out"; readonly rule: LeftOut }
  | { readonly kind: "unmanaged" };

export interface JudgedThing {
  readonly thing: Thing;
  readonly judgement: Judgement;
}

export interface JudgingOptions {
  readonly records: Pick<WatchRecords, "identifiers" | "unmanaged">;
  /** Its number. */
  readonly account: string;
  readonly leaveOut: LeavingOut;
}

/** Asks for more of what nobody has, and judges that as well. @throws AnchorwatchError `database_*` */
export async function judgeSurvey(survey: Survey, options: JudgingOptions): Promise<readonly JudgedThing[]> {
  const judge = new Judge(options, await told(options));
  const first = await judge.judge(survey.things);
  const unmanaged = first.filter(({ judgement }) => judgement.kind === "unmanaged");
  const more = await survey.detail(unmanaged.map(({ thing }) => thing));
  const detailed = new Map(more.map((thing) => [thingKey(thing), thing]));
  const judged = first.map(({ thing, judgement }) => {
    const key = thingKey(thing);
    const with_ = detailed.get(key);
    detailed.delete(key);
    return { thing: with_ ?? thing, judgement };
  });
  return [...judged, ...(await judge.judge([...detailed.values()]))];
}

/** Of stacks of this account, and of those that do not tell theirs. */
async function told({ records: { unmanaged }, account }: JudgingOptions): Promise<ReadonlySet<string>> {
  const drifts = await unmanaged.toldAsDrift();
  if (drifts.length === 0) return new Set();
  const places = await unmanaged.places([...new Set(drifts.map(({ stackId }) => stackId))]);
  const isHere = (stackId: StackId) => {
    const accounts = places.get(stackId)?.accounts ?? new Set();
    return accounts.size === 0 || accounts.has(account);
  };
  return new Set(drifts.filter(({ stackId }) => isHere(stackId)).map(({ type, id }) => `${type} ${id}`));
}

/** The index takes so many at once. */
const AT_ONCE = 10_000;
/** Whoever gets one of these can do more than before, whoever the user belongs to. */
const CREDENTIALS: ReadonlySet<string> = new Set(["aws_iam_access_key", "aws_iam_user_login_profile"]);

class Judge {
  readonly #options: JudgingOptions;
  readonly #drifts: ReadonlySet<string>;
  /** By `parentKey`. */
  readonly #judged = new Map<string, Judgement>();

  constructor(options: JudgingOptions, drifts: ReadonlySet<string>) {
    this.#options = options;
    this.#drifts = drifts;
  }

  async judge(things: readonly Thing[]): Promise<readonly JudgedThing[]> {
    const found = await this.#find(namesOf(things));
    const places = await this.#places(things, found);
    const { account } = this.#options;
    const placesOf = (stackId: string) => places.get(stackId as StackId);
    // Parents first: what becomes of their parts depends on them.
    for (const thing of things) {
      if (thing.parent !== undefined) continue;
      this.#judged.set(
        parentKey(thing, thing.region),
        this.#judgeOne(thing, ownerOf(thing, found, { account, placesOf })),
      );
    }
    return things.map((thing) => {
      const known = thing.parent === undefined ? this.#judged.get(parentKey(thing, thing.region)) : undefined;
      const judgement = known ?? this.#judgeOne(thing, ownerOf(thing, found, { account, placesOf }));
      return { thing, judgement };
    });
  }

  #judgeOne(thing: Thing, owner: Owner | undefined): Judgement {
    if (owner !== undefined) return { kind: "managed", owner };
    const parent =
      thing.parent === undefined ? undefined : this.#judged.get(parentKey(thing.parent, thing.region));
    if (thing.isSeenWithParent === true && parent?.kind === "managed") return { kind: "with_parent" };
    if (this.#drifts.has(`${thing.type} ${thing.id}`)) return { kind: "drift" };
    const rule = this.#options.leaveOut(thing) ?? inherited(thing, parent);
    return rule === undefined ? { kind: "unmanaged" } : { kind: "left_out", rule };
  }

  async #find(names: readonly string[]) {
    const { identifiers } = this.#options.records;
    const all: Awaited<ReturnType<typeof identifiers.find>>[number][] = [];
    for (let from = 0; from < names.length; from += AT_ONCE)
      for (const one of await identifiers.find(names.slice(from, from + AT_ONCE))) all.push(one);
    return Map.groupBy(all, ({ identifier }) => identifier);
  }

  /** Only where a name is not enough. */
  async #places(
    things: readonly Thing[],
    found: ReadonlyMap<string, readonly { readonly stackId: StackId }[]>,
  ) {
    const plain = things.flatMap(({ names }) => names.filter(({ isUnique }) => !isUnique));
    const stacks = new Set(
      plain.flatMap(({ text }) => (found.get(text) ?? []).map(({ stackId }) => stackId)),
    );
    return await this.#options.records.unmanaged.places([...stacks]);
  }
}

/** What belongs to a CloudFormation stack, or to a service of AWS, got its parts from there; credentials apart. */
function inherited({ type }: Thing, parent: Judgement | undefined): LeftOut | undefined {
  if (parent?.kind !== "left_out" || parent.rule.rule === "default" || CREDENTIALS.has(type))
    return undefined;
  return parent.rule;
}

function parentKey({ type, id }: { readonly type: string; readonly id: string }, region: string): string {
  return JSON.stringify([type, id, region]);
}
