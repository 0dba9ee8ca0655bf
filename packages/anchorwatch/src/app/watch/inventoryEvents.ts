/** What an event tells of is looked for at once: something made in a console is found within seconds, with whoever made it. */
import type { AuditEvent } from "../../domain/auditEvent.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import { surveyAccount, TAGGING, unitOf } from "../../inventory/survey.ts";
import { asWarning } from "./inOurWords.ts";
import type { InventoryContext } from "./inventoryContext.ts";
import { judgingOf } from "./inventorying.ts";
import { serviceOf } from "./inventoryLooks.ts";
import { type PlannedSurvey, planSurvey } from "./inventoryPlace.ts";
import { judgeSurvey } from "./judging.ts";
import { isRemoval, namingEvents } from "./namingThings.ts";
import { recordInventory } from "./recordInventory.ts";

const MOST_EVENTS = 500;
/** Clouds show what was made a little later. */
const AGAIN_AFTER_MS = [5_000, 30_000, 120_000];

/** @throws AnchorwatchError `database_*`; the reason of the signal */
export async function lookForEvents(
  context: InventoryContext,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  const { records, now, settings, onWarning } = context;
  const account = settings.accounts.find((one) => one.name === name);
  const looks = await records.unmanaged.dueLooks(name, now(), MOST_EVENTS);
  if (account === undefined || looks.length === 0) return;
  const events = looks.map(({ event }) => event);
  try {
    const plan = await planSurvey(account, context.machine);
    const units = new Set(events.flatMap((event) => unitsOfEvent(event, plan)));
    const named = new Set(events.flatMap(({ identifiers }) => identifiers));
    const { elapsed } = context.machine;
    const only = { units, named, ...servicesOf(events, plan) };
    const survey = await surveyAccount({ ...plan, only, elapsed, signal });
    const judged = await judgeSurvey(survey, judgingOf(context, plan));
    await recordInventory(context, name, { judged, survey, events });
    const isFailing = survey.units.some(({ problems }) => problems.length > 0);
    const naming = namingEvents(events);
    const found = new Set(judged.flatMap(({ thing }) => naming.of(thing, true).map(({ id }) => id)));
    const isDone = (event: AuditEvent) => isRemoval(event) || found.has(event.id);
    await settle(context, name, looks, (event) => !isFailing && isDone(event));
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof AnchorwatchError) || error.code.startsWith("database_")) throw error;
    onWarning(asWarning(error));
    await settle(context, name, looks, () => false);
  }
}

function unitsOfEvent(
  { service, region }: AuditEvent,
  { listers, regions }: PlannedSurvey,
): readonly string[] {
  const short = serviceOf(service);
  const own = listers.find((lister) => lister.service === short);
  const places = region === undefined ? regions : [region];
  const tags = own?.tellsTags === true ? [] : places.map((one) => unitOf(TAGGING, one));
  if (own === undefined) return tags;
  // Without its tags, what belongs to a CloudFormation stack or is ignored would be told.
  return [
    ...(own.isGlobal === true ? [own.service] : places.map((one) => unitOf(own.service, one))),
    ...tags,
  ];
}

/** All tags of an account are many: only those of the services that the events are of, where these are known. */
function servicesOf(
  events: readonly AuditEvent[],
  { listers }: PlannedSurvey,
): { readonly services?: readonly string[] } {
  const services = [...new Set(events.map(({ service }) => serviceOf(service)))];
  const areKnown = services.every((service) => listers.some((lister) => lister.service === service));
  return areKnown ? { services } : {};
}

/** What was not found comes again a few times; after that the next search of everything sees it. */
async function settle(
  { records, now }: InventoryContext,
  account: string,
  looks: Awaited<ReturnType<InventoryContext["records"]["unmanaged"]["dueLooks"]>>,
  isDone: (event: AuditEvent) => boolean,
): Promise<void> {
  const done: string[] = [];
  const again = new Map<number, string[]>();
  for (const { event, tries } of looks) {
    const pause = AGAIN_AFTER_MS[tries];
    if (isDone(event) || pause === undefined) done.push(event.id);
    else again.set(pause, [...(again.get(pause) ?? []), event.id]);
  }
  if (done.length > 0) await records.unmanaged.settleLooks(account, done);
  for (const [pause, ids] of again)
    await records.unmanaged.settleLooks(account, ids, new Date(now().getTime() + pause));
}
