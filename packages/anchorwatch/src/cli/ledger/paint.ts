import picocolors from "picocolors";

/** The few colours of the ledger's commands. Texts are escaped before. */
export interface LedgerPaint {
  readonly strong: (text: string) => string;
  readonly quiet: (text: string) => string;
  readonly good: (text: string) => string;
  readonly doubtful: (text: string) => string;
  readonly bad: (text: string) => string;
}

export function ledgerPaint(colours: boolean): LedgerPaint {
  const pc = picocolors.createColors(colours);
  return { strong: pc.bold, quiet: pc.dim, good: pc.green, doubtful: pc.yellow, bad: pc.red };
}
