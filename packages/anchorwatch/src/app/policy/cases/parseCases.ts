/** A file with cases → drifts and what is expected of them, or every problem with its line. */
import type { Warning } from "../../../domain/errors.ts";
import { encodeValue, type JsonObject, type JsonValue } from "../../../domain/jsonValue.ts";
import type { Value } from "../../../domain/value.ts";
import type { ActorFacts, ChangeFacts, DriftFacts } from "../../../policy/facts.ts";
import { Problems } from "../../configuration/problems.ts";
import { readYaml } from "../../configuration/yamlDocument.ts";
import { caseFileSchema, type ExpectedSection, type GivenSection } from "./caseSchema.ts";

export interface PolicyCase {
  readonly name: string;
  readonly note?: string;
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly facts: DriftFacts;
  readonly expect: ExpectedSection;
}

export type ParsedCases =
  | { readonly ok: true; readonly cases: readonly PolicyCase[] }
  | { readonly ok: false; readonly problems: readonly Warning[] };

/** @param file how it is called in messages */
export function parseCases(text: string, file: string): ParsedCases {
  const document = readYaml(text);
  const problems = new Problems(document, file);
  const checked = problems.check(caseFileSchema);
  if (checked === undefined) return { ok: false, problems: problems.found };
  const cases = checked.cases.map(({ name, note, given, expect }, index) => ({
    name,
    ...(note === undefined ? {} : { note }),
    file,
    line: document.locate(["cases", index]).line,
    facts: factsOf(given),
    expect,
  }));
  return { ok: true, cases };
}

/** A Monday at noon. */
const NOON = "2026-01-05T12:00:00Z";

function factsOf(given: GivenSection): DriftFacts {
  const now = new Date(given.now ?? NOON);
  const { stack = {}, resource, actor, others = [] } = given;
  const { name = "stack", engine = "terraform", labels = {} } = stack;
  const { type, address = `${type}.this`, module = "", provider = "", id = "" } = resource;
  return {
    stack: { name, engine, labels },
    resource: { ...present(resource), type, address, module, provider, id },
    verdict: given.verdict ?? "changed",
    recorded: jsonOf(given.recorded ?? {}) as JsonObject,
    live: jsonOf(given.live ?? {}) as JsonObject,
    isCut: given.isCut ?? false,
    changes: (given.changes ?? []).map(changeOf),
    ...(actor === undefined ? {} : { actor: actorOf(actor) }),
    events: given.events ?? [],
    openedAt: given.openedAt === undefined ? now : new Date(given.openedAt),
    now,
    others: others.map(({ verdict = "changed", principal, openedAt, ...rest }) => ({
      ...rest,
      verdict,
      openedAt: openedAt === undefined ? now : new Date(openedAt),
      ...(principal === undefined ? {} : { principal }),
    })),
  };
}

function changeOf(given: NonNullable<GivenSection["changes"]>[number]): ChangeFacts {
  const {
    path,
    op = "replace",
    recorded,
    live,
    element,
    sensitive = false,
    settable = true,
    ignored = false,
  } = given;
  const [beginning = path] = path.split(/[.[]/);
  return {
    path,
    attribute: given.attribute ?? beginning,
    op,
    ...(recorded === undefined ? {} : { recorded: jsonOf(recorded) }),
    ...(live === undefined ? {} : { live: jsonOf(live) }),
    ...(element === undefined ? {} : { element: jsonOf(element) }),
    sensitive,
    settable,
    ignored,
  };
}

function actorOf(given: NonNullable<GivenSection["actor"]>): ActorFacts {
  const { principal, person, sessionName, kind = "user", channel = "unknown" } = given;
  const { isDelivery = false, isBreakGlass = false } = given;
  const name = given.name ?? person ?? sessionName ?? principal.split("/").at(-1) ?? principal;
  return { ...present(given), principal, name, kind, channel, isDelivery, isBreakGlass };
}

type Present<Given> = { [Key in keyof Given]: Exclude<Given[Key], undefined> };

function present<Given extends object>(given: Given): Present<Given> {
  return Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  ) as Present<Given>;
}

/** As the rules see values: numbers that a double cannot hold are texts. */
function jsonOf(value: unknown): JsonValue {
  return encodeValue(value as Value, []).json;
}
