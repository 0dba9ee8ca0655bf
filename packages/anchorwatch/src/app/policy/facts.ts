/** What the rules are told of a drift. */
import type { Actor, Attribution } from "../../domain/actor.ts";
import type { JsonObject } from "../../domain/jsonValue.ts";
import type { Labels } from "../../domain/labels.ts";
import type { ActorFacts, DriftFacts, OtherDrift, ResourceFacts } from "../../policy/facts.ts";
import type { SeenResource } from "../../watch/seenResource.ts";

export interface Classified {
  readonly stack: DriftFacts["stack"];
  readonly resource: Pick<ResourceFacts, "address" | "type" | "provider" | "id" | "file" | "line">;
  /** Where the cloud tells it otherwise than by the resource itself. */
  readonly place?: { readonly account?: string; readonly region?: string; readonly arn?: string };
  readonly verdict: DriftFacts["verdict"];
  readonly seen: SeenResource;
  /** The latest first. */
  readonly attributions: readonly Attribution[];
  readonly openedAt: Date;
  readonly now: Date;
  /** The newest first; the first ones count. */
  readonly others: readonly OtherDrift[];
  readonly isBreakGlass: (actor: Actor) => boolean;
}

export const MOST_OTHERS = 100;
const MOST_EVENTS = 20;

export function factsOf(classified: Classified): DriftFacts {
  const { stack, verdict, seen, attributions, openedAt, now, others } = classified;
  const likely = likeliestFirst(attributions);
  const [first] = likely;
  return {
    stack,
    resource: resourceFacts(classified),
    verdict,
    recorded: seen.recorded,
    live: seen.live,
    isCut: seen.isCut,
    changes: seen.changes,
    ...(first === undefined ? {} : { actor: actorFacts(first, classified.isBreakGlass) }),
    events: [...new Set(likely.map(({ eventName }) => eventName))].slice(0, MOST_EVENTS),
    openedAt,
    now,
    others: others.slice(0, MOST_OTHERS),
  };
}

/** The name under which rules know it. */
export function stackFacts({
  name,
  engine,
  labels,
}: {
  readonly name: string;
  readonly engine: DriftFacts["stack"]["engine"];
  readonly labels?: Labels | undefined;
}): DriftFacts["stack"] {
  return { name, engine, labels: labels ?? {} };
}

/** Whoever deploys touches much. A stranger among those who touched it is never hidden behind that. */
export function likeliestFirst(attributions: readonly Attribution[]): readonly Attribution[] {
  const strangers = attributions.filter(({ isDelivery }) => !isDelivery);
  return [...strangers, ...attributions.filter(({ isDelivery }) => isDelivery)];
}

function resourceFacts({ resource, place, seen }: Classified): ResourceFacts {
  const { address, type, provider, id, file, line } = resource;
  const found = { ...placeOf(seen, id), ...place };
  const arn = found.arn === undefined ? {} : placeOfArn(found.arn);
  const account = found.account ?? arn.account;
  const region = found.region ?? arn.region;
  return {
    address,
    module: moduleOf(address),
    type,
    provider,
    id,
    ...(account === undefined ? {} : { account }),
    ...(region === undefined ? {} : { region }),
    ...(file === undefined ? {} : { file }),
    ...(line === undefined ? {} : { line }),
  };
}

function placeOf({ live, recorded }: SeenResource, id: string): NonNullable<Classified["place"]> {
  const arn = textOf(live, "arn") ?? textOf(recorded, "arn") ?? (id.startsWith("arn:") ? id : undefined);
  const region = textOf(live, "region") ?? textOf(recorded, "region");
  return { ...(arn === undefined ? {} : { arn }), ...(region === undefined ? {} : { region }) };
}

function textOf(object: JsonObject, name: string): string | undefined {
  const value = Object.hasOwn(object, name) ? object[name] : undefined;
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** `arn:aws:ec2:eu-west-1:123456789012:vpc/vpc-1` */
function placeOfArn(arn: string): { readonly account?: string; readonly region?: string } {
  const [, , , region = "", account = ""] = arn.split(":", 6);
  return { ...(account === "" ? {} : { account }), ...(region === "" ? {} : { region }) };
}

const MODULES = /^(?:module\.[^.[\]]+(?:\[(?:[0-9]+|"(?:[^"\\]|\\.)*")\])?\.)+/;

function moduleOf(address: string): string {
  return MODULES.exec(address)?.[0].slice(0, -1) ?? "";
}

function actorFacts(
  { actor, person, isDelivery }: Attribution,
  isBreakGlass: Classified["isBreakGlass"],
): ActorFacts {
  const { principal, kind, channel, sessionName, sourceIdentity, account, sourceAddress, userAgent } = actor;
  const name = person.kind === "mapped" ? person.name : (sessionName ?? ownName(principal));
  return {
    principal,
    name,
    kind,
    channel,
    ...(person.kind === "mapped" ? { person: person.name } : {}),
    ...(sessionName === undefined ? {} : { sessionName }),
    ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
    ...(account === undefined ? {} : { account }),
    ...(sourceAddress === undefined ? {} : { sourceAddress }),
    ...(userAgent === undefined ? {} : { userAgent }),
    isDelivery,
    isBreakGlass: isBreakGlass(actor),
  };
}

/** `…:user/ci/deployer` is deployer. */
function ownName(principal: string): string {
  return principal.split(/[/:]/).findLast((part) => part !== "") ?? principal;
}
