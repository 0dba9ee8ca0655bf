/**
 * Remembers what was compared and found the same, attribute by attribute: of ten thousand instances most attributes have
 * the same declared value and the same recorded bytes, and need neither parsing nor comparing again.
 */
import { isObject, objectOf, type Value } from "../../domain/value.ts";
import type { StateInstance } from "../state/instance.ts";
import type { DeclaredResource } from "./stackCode.ts";

interface Settled {
  readonly declared: Value;
  readonly recorded: Uint8Array;
}

export interface SettledMembers {
  /** The declared values that are still to be compared with this instance's record. */
  remaining(resource: DeclaredResource, instance: StateInstance, declared: Value): Value;
  /** These declared values were compared, and nothing of them differs. */
  settle(resource: DeclaredResource, instance: StateInstance, declared: Value): void;
}

export function createSettledMembers(): SettledMembers {
  const known = new WeakMap<DeclaredResource, Map<string, Settled>>();
  return {
    remaining(resource, instance, declared) {
      const settled = known.get(resource);
      if (settled === undefined || !isObject(declared)) return declared;
      const members = instance.members();
      return objectOf(
        Object.entries(declared).filter(([name, value]) => {
          const before = settled.get(name);
          const recorded = members.get(name);
          if (before === undefined || recorded === undefined || before.declared !== value) return true;
          return Buffer.compare(before.recorded, recorded) !== 0;
        }),
      );
    },
    settle(resource, instance, declared) {
      if (!isObject(declared) || known.has(resource)) return;
      const members = instance.members();
      const entries = Object.entries(declared).flatMap(([name, value]): [string, Settled][] => {
        const recorded = members.get(name);
        return recorded === undefined ? [] : [[name, { declared: value, recorded }]];
      });
      known.set(resource, new Map(entries));
    },
  };
}
