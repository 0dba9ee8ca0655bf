/** Drifted places of open drifts, and how a resource finds its own: also in the first state that has it at another address. */
import type { DriftMark } from "../../domain/driftMark.ts";

export interface Remembered {
  /** None where nothing is remembered of it. */
  of(resource: {
    readonly address: string;
    readonly type: string;
    readonly id?: string;
  }): readonly DriftMark[];
}

export interface RememberedDrift {
  readonly address: string;
  readonly type: string;
  /** As the provider calls it. */
  readonly id: string | undefined;
  readonly marks: readonly DriftMark[];
}

/**
 * By type and id, where that tells: names repeat, of log groups in two regions for one. What was replaced has another id,
 * and keeps its address.
 */
export function remember(drifts: readonly RememberedDrift[]): Remembered {
  const byAddress = new Map(drifts.map((drift) => [drift.address, drift]));
  const byName = Map.groupBy(
    drifts.filter(({ id }) => id !== undefined),
    nameOf,
  );
  return {
    of(resource) {
      const alike = resource.id === undefined ? [] : (byName.get(nameOf(resource)) ?? []);
      const [only, ...namesakes] = alike;
      const here = alike.find(({ address }) => address === resource.address);
      const moved = namesakes.length === 0 ? only : undefined;
      return (here ?? moved ?? byAddress.get(resource.address))?.marks ?? [];
    },
  };
}

function nameOf({ type, id }: { readonly type: string; readonly id?: string | undefined }): string {
  return `${type} ${id}`;
}
