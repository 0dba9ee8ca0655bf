/**
 * Remembers what was compared and found the same, attribute by attribute: of ten thousand instances most attributes have
 * the same declared value and the same recorded bytes, and need neither parsing nor comparing again.
 */
import { isObject, objectOf, type Value } from "../../domain/value.ts";
import type { Members, StateInstance } from "../state/instance.ts";
import type { DeclaredResource } from "./stackCode.ts";

interface Settled {
  readonly declared: Value;
  readonly recorded: Uint8Array;
}

/** What was recorded: an instance, and where its attributes lie. */
export interface RecordedMembers {
  readonly instance: StateInstance;
  readonly members: Members;
}

export interface SettledMembers {
  /** The declared values that are still to be compared with this record. */
  remaining(resource: DeclaredResource, record: RecordedMembers, declared: Value): Value;
  /** These declared values were compared, and nothing of them differs. */
  settle(resource: DeclaredResource, record: RecordedMembers, declared: Value): void;
}

export function createSettledMembers(): SettledMembers {
  const known = new WeakMap<DeclaredResource, Map<string, Settled>>();
  return {
    remaining(resource, { instance, members }, declared) {
      const settled = known.get(resource);
      if (settled === undefined || !isObject(declared)) return declared;
      return objectOf(
        Object.entries(declared).filter(([name, value]) => {
          const before = settled.get(name);
          const recorded = members.get(name);
          if (before === undefined || recorded === undefined || before.declared !== value) return true;
          return Buffer.compare(before.recorded, instance.member(recorded)) !== 0;
        }),
      );
    },
    settle(resource, { instance, members }, declared) {
      if (!isObject(declared) || known.has(resource)) return;
      const entries = Object.entries(declared).flatMap(([name, value]): [string, Settled][] => {
        const recorded = members.get(name);
        return recorded === undefined
          ? []
          : [[name, { declared: value, recorded: instance.member(recorded) }]];
      });
      known.set(resource, new Map(entries));
    },
  };
}
