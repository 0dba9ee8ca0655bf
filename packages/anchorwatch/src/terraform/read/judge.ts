/** The ladder from two values that differ to a verdict, with the questions to the provider that it takes on the way. */
import type { ProviderReader, Schema } from "tfprovider";
import { decodeCty, encodeCty, NULL_VALUE } from "tfprovider";
import { configOf } from "../../compare/configOf.ts";
import { declaredByRecord } from "../../compare/declaredByRecord.ts";
import type { Difference } from "../../compare/difference.ts";
import { explain } from "../../compare/explain.ts";
import { findDifferences } from "../../compare/findDifferences.ts";
import type { Fingerprint } from "../../compare/fingerprints.ts";
import type { CompiledRule } from "../../compare/ignoreRules.ts";
import { proposedOf } from "../../compare/proposedOf.ts";
import type { Candidate } from "../../compare/references.ts";
import type { Sensitivity } from "../../compare/sensitivity.ts";
import { settle } from "../../compare/settle.ts";
import { type ResourceVerdict, verdictOf } from "../../compare/verdict.ts";
import type { Change } from "../../domain/check.ts";
import type { DeclaredAttributes, ObjectShape } from "../../domain/shape.ts";
import type { Value } from "../../domain/value.ts";
import { shapeOf } from "../provider/shape.ts";
import { fromCty, toCty } from "../provider/value.ts";
import type { StateInstance } from "../state/instance.ts";
import type { Reading, ReadLimits } from "./reading.ts";

export interface Case {
  readonly instance: StateInstance;
  readonly reader: ProviderReader;
  readonly reading: Extract<Reading, { kind: "differs" }>;
  readonly limits: ReadLimits;
  /** What the code sets; undefined without code, or where the code no longer has the resource. */
  readonly declared: DeclaredAttributes | undefined;
  readonly rules: readonly CompiledRule[];
  readonly sensitivity: Sensitivity;
  readonly fingerprint: Fingerprint | undefined;
  /** Other resources that refer to this one, read; asked for only when something needs explaining. */
  readonly candidates: (recorded: Value, live: Value) => Promise<readonly Candidate[]>;
}

export interface Judgement extends ResourceVerdict {
  /** The live value, null when it is gone. */
  readonly live: Value;
  readonly recorded: Value;
  /** Only what the provider's schema calls secret is masked: for whoever decides by it, and shows nothing of it. Absent: as `changes`. */
  readonly changesBySchema?: () => readonly Change[];
}

/** Without what the code calls secret: it may call so whatever it wants nobody to see. */
export function bySchemaAlone({ shape }: Sensitivity): Sensitivity {
  return { shape, paths: [], patterns: [] };
}

export async function judge(given: Case): Promise<Judgement> {
  const { instance, reader, reading, rules, sensitivity } = given;
  const schema = reader.schemas.resource(instance.type);
  const shape = shapeOf(schema);
  const recorded = fromCty(decodeCty(reading.recorded, schema.type));
  const live = fromCty(decodeCty(reading.live, schema.type));
  const base = { shape, rules, sensitivity };
  if (live === null) return { ...verdictOf({ ...base, deleted: true, findings: [] }), live, recorded };
  const declared = given.declared ?? declaredByRecord({ shape, recorded });
  const differences = findDifferences({ shape, recorded, live, declared });
  const left = await settled(differences, { ...given, schema, shape, recorded, live, declared });
  const byRecord = given.declared === undefined;
  const needsExplanation = left.some(
    ({ standing }) => standing === "unsetComputed" || (byRecord && standing === "declared"),
  );
  const candidates = needsExplanation ? await given.candidates(recorded, live) : [];
  const findings = explain(left, {
    type: instance.type,
    shape,
    recorded,
    live,
    candidates,
    declaredByRecord: byRecord,
  });
  const { fingerprint } = given;
  const secrets = fingerprint === undefined ? {} : { secrets: { recorded, live, fingerprint } };
  const changesBySchema = () =>
    verdictOf({ shape, rules, sensitivity: bySchemaAlone(sensitivity), deleted: false, findings }).changes;
  return { ...verdictOf({ ...base, ...secrets, deleted: false, findings }), live, recorded, changesBySchema };
}

interface Compared extends Case {
  readonly schema: Schema;
  readonly shape: ObjectShape;
  readonly recorded: Value;
  readonly live: Value;
  readonly declared: DeclaredAttributes;
}

/** Rung 5, where there is anything that a plan can tell. */
async function settled(
  differences: readonly Difference[],
  compared: Compared,
): Promise<readonly Difference[]> {
  if (differences.every(({ standing }) => standing === "computedOnly")) return differences;
  const { shape, recorded, live } = compared;
  const planned = await plan(compared, "from live");
  const once = settle(differences, { shape, recorded, live, planned });
  if (!once.some(({ standing }) => standing === "unset")) return once;
  // What a creation would bring tells a default from a value that nobody set.
  const created = await plan(compared, "from nothing");
  return settle(differences, { shape, recorded, live, planned, created });
}

async function plan(compared: Compared, start: "from live" | "from nothing"): Promise<Value> {
  const { instance, reader, reading, limits, schema, shape, recorded, live, declared } = compared;
  const source = { shape, recorded, declared };
  const fresh = start === "from nothing";
  const config = configOf(source);
  const proposed = proposedOf({ ...source, live: fresh ? null : live });
  const planned = await reader.plan(
    {
      type: instance.type,
      prior: fresh ? NULL_VALUE : reading.live,
      proposed: encodeCty(toCty(proposed, schema.type), schema.type),
      config: encodeCty(toCty(config, schema.type), schema.type),
      private: fresh ? new Uint8Array() : reading.private,
    },
    limits,
  );
  return fromCty(decodeCty(planned.value, schema.type));
}
