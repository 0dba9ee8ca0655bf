/** What the server needs of those who know who may come in. `app/access` implements it; tests have a stand-in. */
import type { KnownRequester, Requester } from "../../app/access/requester.ts";
import type { Action, InstallationAction, LabelledAction } from "../../auth/action.ts";
import type { Principal } from "../../auth/principal.ts";
import type { LabelSetKey, Labels } from "../../domain/labels.ts";

export interface Access {
  /** Who that is; without any credentials nobody. Undefined: nobody; why is not told, and was counted where somebody guesses. */
  authenticate(credentials: Credentials, from: Requester): Promise<Authenticated | undefined>;
  /** Of an action that is asked of something with labels: where it is allowed. */
  visible(principal: Principal, action: LabelledAction): Promise<readonly LabelSetKey[]>;
  /** Whether that is everywhere. */
  everywhere(principal: Principal, action: LabelledAction): Promise<boolean>;
  /** Whether it is allowed with labels that nothing may have yet. */
  mayWith(principal: Principal, action: LabelledAction, labels: Labels): Promise<boolean>;
  /** The highest number of labels about which decisions are made by now. */
  newestLabels(): LabelSetKey | 0;
  allows(principal: Principal, action: InstallationAction): Promise<boolean>;
  /** Somebody known was told no; the ledger gets it. */
  refused(requester: KnownRequester, action: Action, target: string): Promise<void>;
  /** Somebody known reads; the ledger gets it where his role says so. */
  reads(requester: KnownRequester, target: string): Promise<void>;
}

/** As they came, unproven. */
export interface Credentials {
  readonly cookie?: string;
  readonly bearer?: string;
}

export interface Authenticated {
  readonly principal: Principal;
  /** The cookie's secret from now on. */
  readonly newCookie?: { readonly secret: string; readonly endsAt: Date };
}
