/** The JSON report as these tests look at it. Its whole form is in `docs/schema/check-v1.schema.json`. */
export interface Report {
  readonly stack: Readonly<Record<string, unknown>>;
  readonly coverage: Readonly<Record<string, number>>;
  readonly resources: readonly ReportedResource[];
  readonly pending: readonly ReportedPending[];
  readonly identities?: readonly { readonly provider: string; readonly description: string }[];
  readonly warnings?: readonly ReportedWarning[];
}

export interface ReportedResource {
  readonly address: string;
  readonly verdict: string;
  readonly deposed?: string;
  readonly reason?: { readonly code: string; readonly message: string };
  readonly source?: { readonly file: string; readonly line: number };
  readonly changes?: readonly ReportedChange[];
  readonly classification?: {
    readonly class: string;
    readonly severity: string;
    readonly rules: readonly { readonly id: string; readonly explanation: string }[];
    readonly problems?: readonly { readonly rule: string; readonly file: string; readonly line: number }[];
  };
}

export interface ReportedChange {
  readonly path: readonly unknown[];
  readonly op?: string;
  readonly recorded?: unknown;
  readonly live?: unknown;
  readonly element?: unknown;
  readonly settable?: boolean;
  readonly sensitive?: boolean;
  readonly informational?: boolean;
  readonly ignoredBy?: string;
  readonly toldDespite?: string;
}

export interface ReportedPending {
  readonly address: string;
  readonly action: string;
  readonly alreadyLive: boolean;
  readonly changes: readonly {
    readonly path: readonly unknown[];
    readonly recorded?: unknown;
    readonly declared?: unknown;
  }[];
}

export interface ReportedWarning {
  readonly code: string;
  readonly message: string;
  readonly location?: { readonly file?: string; readonly line?: number; readonly column?: number };
}

export function parseReport(text: string): Report {
  return JSON.parse(text) as Report;
}

/** Verdicts by address, deposed objects as `ADDRESS (deposed KEY)`. */
export function verdictsOf({ resources }: Report): Readonly<Record<string, string>> {
  return Object.fromEntries(
    resources.map(({ address, deposed, verdict }) => [
      deposed === undefined ? address : `${address} (deposed ${deposed})`,
      verdict,
    ]),
  );
}

export function resourceIn({ resources }: Report, address: string): ReportedResource | undefined {
  return resources.find((resource) => resource.address === address);
}
