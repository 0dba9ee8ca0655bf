/**
 * Every secret that the state of a stack is known to hold, so that none can leave in a message or inside another value:
 * a password that is marked in a database may also stand, unmarked, in a start-up script.
 */
import { collectSecrets, createScrubber, type Scrubber } from "../../compare/secrets.ts";
import { type CompiledSensitiveRule, type Sensitivity, sensitivityOf } from "../../compare/sensitivity.ts";
import type { ObjectShape } from "../../domain/shape.ts";
import { isArray, isObject, type Value } from "../../domain/value.ts";
import type { StateFile } from "../state/stateFile.ts";

const NO_SHAPE: ObjectShape = { kind: "object", attributes: new Map() };

/** The secrets of a stack as far as they are known. They are gathered when something is to be shown, and not before. */
export interface StackSecrets {
  /** Tells the shape of a type, once its provider's schema is known. */
  learn(source: string, type: string, shape: ObjectShape): void;
  /** Adds what is known from elsewhere: the code, provider blocks. */
  keep(secrets: readonly string[]): void;
  /** The text without any secret. */
  scrub(text: string): string;
}

/** @param known secrets of the environment */
export function stateSecrets(
  state: StateFile,
  rules: readonly CompiledSensitiveRule[],
  known: readonly string[] = [],
): StackSecrets {
  const shapes = new Map<string, ObjectShape>();
  const others = new Set(known);
  let gathered: { readonly shapes: number; readonly scrubber: Scrubber } | undefined;

  function scrubber(): Scrubber {
    // With every type learnt there may be more secrets.
    if (gathered?.shapes !== shapes.size) {
      const shapeOf = (type: string, source: string) => shapes.get(`${source} ${type}`);
      gathered = { shapes: shapes.size, scrubber: gather(state, rules, shapeOf) };
      gathered.scrubber.add(others);
    }
    return gathered.scrubber;
  }

  return {
    keep(secrets) {
      for (const secret of secrets) others.add(secret);
      gathered?.scrubber.add(secrets);
    },
    learn: (source, type, shape) => shapes.set(`${source} ${type}`, shape),
    scrub: (text) => scrubber().scrub(text),
  };
}

/** Goes through what may hold secrets only: marked instances, types with sensitive attributes, and those that rules name. */
function gather(
  state: StateFile,
  rules: readonly CompiledSensitiveRule[],
  shapeOf: (type: string, source: string) => ObjectShape | undefined,
): Scrubber {
  const scrubber = createScrubber();
  for (const { value } of state.sensitiveOutputs) scrubber.add(stringsIn(value));
  const holds = new Map<string, boolean>();
  for (const instance of state.instances) {
    const { type, provider, sensitivePaths: paths } = instance;
    const shape = shapeOf(type, provider.source) ?? NO_SHAPE;
    const sensitivity = sensitivityOf({ type, shape, paths }, rules);
    const key = `${provider.source} ${type}`;
    if (!holds.has(key)) holds.set(key, hasSensitive(shape) || sensitivity.patterns.length > 0);
    if (holds.get(key) || paths.length > 0) scrubber.add(secretsOf(instance.parseAttributes(), sensitivity));
  }
  return scrubber;
}

function secretsOf(value: Value, sensitivity: Sensitivity): readonly string[] {
  return collectSecrets(value, sensitivity);
}

function hasSensitive(shape: ObjectShape): boolean {
  return [...shape.attributes.values()].some((attribute) => {
    if (attribute.sensitive) return true;
    let inner = attribute.shape;
    while (inner.kind === "list" || inner.kind === "set" || inner.kind === "map") inner = inner.element;
    return inner.kind === "object" && hasSensitive(inner);
  });
}

function stringsIn(value: Value): readonly string[] {
  if (typeof value === "string") return [value];
  if (isArray(value)) return value.flatMap(stringsIn);
  return isObject(value) ? Object.values(value).flatMap(stringsIn) : [];
}
