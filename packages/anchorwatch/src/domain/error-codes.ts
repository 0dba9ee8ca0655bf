/**
 * Every error code of the product, with what it means and what a person can do. `docs/errors.md` is made from this.
 * A code is never renamed or reused.
 */
export const ERROR_CODES = {
  internal: "A defect of Anchorwatch itself. Please report it with the message.",
} as const satisfies Record<string, string>;

export type ErrorCode = keyof typeof ERROR_CODES;
