/** One call that was made, and what a state would call the resources that it touched. */
export interface Act {
  /** As the trail calls it. */
  readonly name: string;
  /** Without `.amazonaws.com`. */
  readonly service: string;
  /** The `id` in the state; where that is made of several names, each of them. */
  readonly ids: readonly string[];
}

export function act(service: string, name: string, ...ids: readonly (string | undefined)[]): Act {
  return { service, name, ids: ids.map((id) => id ?? "no id was given") };
}
