/**
 * What the operator says a stack or a cloud account is: `{team: "payments", env: "prod"}`. It is all that authorisation knows about them,
 * so it never comes from a repository.
 */
export type Labels = Readonly<Record<string, string>>;

/** Of a label's name. Capitals would be another name that nobody sees the difference of. */
export const LABEL_NAME = /^[a-z][a-z0-9_.-]{0,62}$/;

/** A distinct set of labels has one number, for ever; stacks and accounts with the same labels share it. */
export type LabelSetKey = number & { readonly __brand: "LabelSetKey" };

export interface LabelSet {
  readonly key: LabelSetKey;
  readonly labels: Labels;
}

/** Only what has one of these sets of labels is shown; for lists. Absent where one may see everything there will ever be: our own parts. */
export interface Visible {
  readonly visible?: readonly LabelSetKey[];
}
