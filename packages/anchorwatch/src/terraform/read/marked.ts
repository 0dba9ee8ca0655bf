/** Drifted places of a resource, for whoever remembers them, and what the record says of those that were remembered. */
import { decodeCty, type ProviderReader } from "tfprovider";
import { explain } from "../../compare/explain.ts";
import type { Fingerprint } from "../../compare/fingerprints.ts";
import { marksOf, type NewerRecord, type Printing, standingOfMark } from "../../compare/marks.ts";
import type { Candidate } from "../../compare/references.ts";
import type { Change } from "../../domain/check.ts";
import type { DriftMark, MarkStanding } from "../../domain/driftMark.ts";
import { formatPath, type Path } from "../../domain/path.ts";
import type { ObjectShape } from "../../domain/shape.ts";
import { isArray, isObject, objectOf, type Value } from "../../domain/value.ts";
import { shapeOf } from "../provider/shape.ts";
import { fromCty } from "../provider/value.ts";
import type { StateInstance } from "../state/instance.ts";
import type { ReadLimits } from "./reading.ts";
import type { DeclaredResource } from "./stackCode.ts";

export interface Marked {
  /** Of what is drift now. */
  readonly marks: readonly DriftMark[];
  /** Of the marks that were known, in their order. */
  readonly standings: readonly MarkStanding[];
}

export interface MarkedCase {
  readonly instance: StateInstance;
  readonly reader: ProviderReader;
  readonly limits: ReadLimits;
  readonly declared: DeclaredResource | undefined;
  /** Both values where they differ; undefined where live is as recorded. */
  readonly judged: { readonly recorded: Value; readonly live: Value } | undefined;
  readonly changes: readonly Change[];
  readonly known: readonly DriftMark[];
  /** Of the resource at the address that it has now, or that it had. */
  readonly fingerprintAt: (address: string) => Fingerprint;
  readonly candidates: (recorded: Value, live: Value) => Promise<readonly Candidate[]>;
}

export async function markedOf(given: MarkedCase): Promise<Marked> {
  const { instance, reader, judged, known } = given;
  const shape = shapeOf(reader.schemas.resource(instance.type));
  const paths = given.changes.flatMap(({ path, informational, ignoredBy }) =>
    informational || ignoredBy !== undefined ? [] : [path],
  );
  const marks =
    judged === undefined || judged.live === null
      ? []
      : marksOf(paths, { shape, ...judged, at: (place) => printingOf(place, given) });
  if (known.length === 0) return { marks, standings: [] };
  const recorded = judged?.recorded ?? (await recordedOf(given));
  return { marks, standings: await standingsOf(recorded, shape, given) };
}

/** As the mark that is known of the place, so that both can be compared. */
function printingOf(place: Path, { instance, known, fingerprintAt }: MarkedCase): Printing {
  const first = known.find(({ path }) => formatPath(path) === formatPath(place));
  const madeAt = first?.madeAt ?? instance.address;
  return { madeAt, fingerprint: fingerprintAt(madeAt) };
}

async function recordedOf({ instance, reader, limits }: MarkedCase): Promise<Value> {
  const { type } = reader.schemas.resource(instance.type);
  return fromCty(
    decodeCty(await reader.upgrade(instance.type, instance.schemaVersion, instance.recorded(), limits), type),
  );
}

async function standingsOf(
  recorded: Value,
  shape: ObjectShape,
  { instance, declared, known, fingerprintAt, candidates }: MarkedCase,
): Promise<readonly MarkStanding[]> {
  const newer: Omit<NewerRecord, "isDeclaredElsewhere" | "fingerprint"> = {
    shape,
    recorded,
    declared: declared?.declared,
    declaredValues: declared?.valuesOf(instance).value ?? objectOf([]),
  };
  const standings = (isDeclaredElsewhere: NewerRecord["isDeclaredElsewhere"]) =>
    known.map((mark) =>
      standingOfMark(mark, { ...newer, fingerprint: fingerprintAt(mark.madeAt), isDeclaredElsewhere }),
    );
  const alone = standings(() => false);
  if (!known.some(({ kind }, at) => kind === "members" && alone[at] === "stranger")) return alone;
  const others = await candidates(recorded, recorded);
  return standings((set, member) =>
    isExplained(set, member, { type: instance.type, shape, recorded, candidates: others }),
  );
}

/** As if the member had just come: whether another resource would explain it. */
function isExplained(
  set: Path,
  member: Value,
  { recorded, ...context }: Omit<Parameters<typeof explain>[1], "live" | "declaredByRecord">,
): boolean {
  const before = without(recorded, set, member);
  if (before === undefined) return false;
  const came = { path: set, op: "add", element: member, standing: "unsetComputed", settleAt: set } as const;
  const [finding] = explain([came], { ...context, recorded: before, live: recorded });
  return finding?.explanation !== undefined;
}

/** Undefined where the set is not an attribute of the resource itself. */
function without(resource: Value, set: Path, member: Value): Value | undefined {
  const [name, ...deeper] = set;
  if (!isObject(resource) || typeof name !== "string" || deeper.length > 0) return undefined;
  return objectOf(
    Object.entries(resource).map(([key, value]) => [
      key,
      key === name && isArray(value) ? value.filter((one) => one !== member) : value,
    ]),
  );
}
