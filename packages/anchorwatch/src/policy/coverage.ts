/** Which changes of a drift the rules that fired speak of. */
import type { Read } from "./cel/run.ts";
import type { DriftFacts } from "./facts.ts";

export class Coverage {
  readonly #changes: DriftFacts["changes"];
  readonly #attributes = new Set<string>();
  #whole = false;
  #isEmpty = true;

  constructor({ changes }: Pick<DriftFacts, "changes">) {
    this.#changes = changes;
  }

  /** No rule has fired. */
  get isEmpty(): boolean {
    return this.#isEmpty;
  }

  has(attribute: string): boolean {
    return this.#whole || this.#attributes.has(attribute);
  }

  /** A rule that looked at certain attributes speaks of those; one that looked at none (at the verdict, the actor) of the whole drift. */
  add(reads: readonly Read[]): void {
    this.#isEmpty = false;
    const attributes = reads.flatMap(({ path }) => this.#attributeOf(path) ?? []);
    if (attributes.length === 0) this.#whole = true;
    for (const attribute of attributes) this.#attributes.add(attribute);
  }

  #attributeOf(path: string): string | undefined {
    const index = /^(?:has\()?changes\[([0-9]+)\]/.exec(path)?.[1];
    if (index !== undefined) return this.#changes[Number(index)]?.attribute;
    return /^(?:has\()?(?:live|recorded)\.([A-Za-z0-9_]+)/.exec(path)?.[1];
  }
}
