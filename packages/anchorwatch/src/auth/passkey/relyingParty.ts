/** For whom passkeys are made: bound by the browser to this host, so that no other page can ask for them. */
export interface RelyingParty {
  /** Host of the page, without its port. */
  readonly id: string;
  /** Of the page, exactly. */
  readonly origin: string;
}

export const RELYING_PARTY_NAME = "Anchorwatch";
