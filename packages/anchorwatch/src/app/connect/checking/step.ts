/** One step of the check of a connection. */
export type StepStatus =
  | "ok"
  | "failed"
  /** A step that it needs has failed. */
  | "not_checked"
  /** It cannot be there yet, or cannot be seen by a check. */
  | "not_yet";

export interface StepResult {
  readonly id: string;
  readonly title: string;
  readonly status: StepStatus;
  readonly expected: string;
  readonly found: string;
  /** What to do; absent where all is well. */
  readonly todo?: string;
}

export type Outcome =
  | { readonly status: "ok"; readonly found: string }
  | { readonly status: "failed" | "not_yet"; readonly found: string; readonly todo: string };

export interface Step<Context> {
  readonly id: string;
  readonly title: string;
  readonly expected: string;
  /** Ids of steps that have to be well before. */
  readonly needs: readonly string[];
  /** What to do when AWS refuses or cannot be reached. */
  readonly todo: string;
  readonly run: (context: Context) => Promise<Outcome>;
}

/** What most of the hints begin with. */
export const APPLY = "Apply main.tf or template.yaml again";

export const ok = (found: string): Outcome => ({ status: "ok", found });
export const failed = (found: string, todo: string): Outcome => ({ status: "failed", found, todo });
export const notYet = (found: string, todo: string): Outcome => ({ status: "not_yet", found, todo });
