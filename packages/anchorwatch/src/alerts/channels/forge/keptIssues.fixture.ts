/** What a stand-in for a forge keeps, and what tests ask it. */
import type { StrictServer } from "../strictServer.fixture.ts";

export interface KeptIssue {
  readonly number: number;
  title: string;
  body: string;
  state: "open" | "closed";
  readonly labels: readonly string[];
  readonly confidential: boolean;
  readonly comments: string[];
}

export interface ForgeServer extends StrictServer {
  readonly issues: KeptIssue[];
  /** Everybody may read it. */
  isPublic: boolean;
}

export function newIssue(
  issues: readonly KeptIssue[],
  given: Omit<KeptIssue, "number" | "state" | "comments">,
): KeptIssue {
  return { ...given, number: issues.length + 1, state: "open", comments: [] };
}
