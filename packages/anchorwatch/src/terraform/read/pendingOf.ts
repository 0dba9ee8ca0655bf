/** Code of one resource that was never deployed, as far as the code alone tells it. */
import { decodeCty, encodeCty, ProviderError, type ProviderReader } from "tfprovider";
import { holdsUnknown, shapeAt } from "../../compare/access.ts";
import { configOf } from "../../compare/configOf.ts";
import { maskDeclaredChange } from "../../compare/mask.ts";
import { declaredDifferences, settleDeclared } from "../../compare/pending.ts";
import { proposedOf } from "../../compare/proposedOf.ts";
import { collectSecrets } from "../../compare/secrets.ts";
import type { Sensitivity } from "../../compare/sensitivity.ts";
import type { DeclaredChange, PendingChange } from "../../domain/check.ts";
import type { Path } from "../../domain/path.ts";
import type { ObjectShape } from "../../domain/shape.ts";
import { isArray, isEmpty, isObject, objectOf, type Value } from "../../domain/value.ts";
import { shapeOf } from "../provider/shape.ts";
import { fromCty, toCty } from "../provider/value.ts";
import type { Members, StateInstance } from "../state/instance.ts";
import type { Reading, ReadLimits } from "./reading.ts";
import type { SettledMembers } from "./settledMembers.ts";
import type { DeclaredResource } from "./stackCode.ts";

export interface PendingCase {
  readonly instance: StateInstance;
  readonly members: Members;
  readonly reader: ProviderReader;
  readonly reading: Reading;
  readonly limits: ReadLimits;
  readonly declared: DeclaredResource | undefined;
  readonly sensitivity: Sensitivity;
  readonly settled: SettledMembers;
  /** Told the secrets that only the code knows. */
  readonly keepSecret: (secrets: readonly string[]) => void;
}

export interface Outstanding {
  readonly pending: PendingChange;
  /** Not masked: only for comparing. */
  readonly changes: readonly DeclaredChange[];
}

/** @returns undefined where the code, as far as it can be told, is what was deployed */
export async function pendingOf(given: PendingCase): Promise<Outstanding | undefined> {
  const { instance, declared, reader } = given;
  if (declared === undefined || instance.deposed !== undefined) return undefined;
  const shape = shapeOf(reader.schemas.resource(instance.type));
  const { value: declaredValues, sensitive } = declared.valuesOf(instance);
  const remaining = given.settled.remaining(declared, given, declaredValues);
  if (isEmpty(remaining)) return undefined;
  const recorded = instance.parseMembers(given.members, isObject(remaining) ? Object.keys(remaining) : []);
  const differences = declaredDifferences({ shape, recorded, declaredValues: remaining });
  if (differences.length === 0) given.settled.settle(declared, given, remaining);
  const candidates = differences.filter(
    (change) => !isLabelled(change, shape) && !isIgnored(change, declared),
  );
  const changes = candidates.length === 0 ? [] : await confirmed(candidates, declaredValues, declared, given);
  if (changes.length === 0) return undefined;
  const sensitivity = { ...given.sensitivity, paths: [...given.sensitivity.paths, ...sensitive] };
  given.keepSecret(collectSecrets(declaredValues, sensitivity));
  const pending: PendingChange = {
    address: instance.address,
    action: "update",
    source: declared.source,
    changes: changes.map((change) => maskDeclaredChange(change, sensitivity)),
    alreadyLive: false,
  };
  return { pending, changes };
}

/** Blocks with a label, which evaluated code does not carry: what is a map there is a list here. */
function isLabelled({ path, declared = null }: DeclaredChange, shape: ObjectShape): boolean {
  return isArray(declared) && shapeAt(shape, path)?.kind === "map";
}

/** Terraform never deploys what `ignore_changes` names. */
function isIgnored({ path }: DeclaredChange, { ignoreChanges }: DeclaredResource): boolean {
  if (ignoreChanges === undefined || ignoreChanges === "all") return ignoreChanges === "all";
  const text = canonicalPath(path);
  return ignoreChanges.some((ignored) => text.startsWith(canonicalPath(ignored)));
}

/** The path of what is inside begins with the path of what is around it. */
function canonicalPath(path: Path): string {
  return path.map((step) => `${JSON.stringify(step)}/`).join("");
}

/** What the provider, too, would change: it knows which spellings are one value. */
async function confirmed(
  candidates: readonly DeclaredChange[],
  declaredValues: Value,
  { declared }: DeclaredResource,
  { instance, reader, limits }: PendingCase,
): Promise<readonly DeclaredChange[]> {
  const schema = reader.schemas.resource(instance.type);
  const shape = shapeOf(schema);
  const prior = await reader.upgrade(instance.type, instance.schemaVersion, instance.recorded(), limits);
  const recorded = fromCty(decodeCty(prior, schema.type));
  const wanted = { shape, recorded: withTopLevel(recorded, declaredValues, candidates), declared };
  const encoded = (value: Value) => encodeCty(toCty(value, schema.type), schema.type);
  try {
    const proposed = encoded(proposedOf({ ...wanted, live: recorded }));
    const config = encoded(configOf(wanted));
    const input = { type: instance.type, prior, proposed, config, private: instance.private };
    const plan = await reader.plan(input, limits);
    const planned = fromCty(decodeCty(plan.value, schema.type));
    return settleDeclared(candidates, { shape, recorded, planned });
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    // No plan could be made of so little: what the code says stands, and it is no drift anyway.
    return candidates;
  }
}

/** The recorded value with those attributes as declared that differ and are wholly known. */
function withTopLevel(recorded: Value, declared: Value, changes: readonly DeclaredChange[]): Value {
  if (!isObject(recorded) || !isObject(declared)) return recorded;
  const changed = new Set(changes.map(({ path }) => path[0]));
  return objectOf(
    Object.entries(recorded).map(([name, value]) => {
      const wanted = declared[name];
      return [name, changed.has(name) && wanted !== undefined && !holdsUnknown(wanted) ? wanted : value];
    }),
  );
}
