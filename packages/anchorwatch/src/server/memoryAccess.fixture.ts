/** Who may come in, in memory, for tests of the server. */
import type { KnownRequester } from "../app/access/requester.ts";
import type { Action } from "../auth/action.ts";
import type { Principal } from "../auth/principal.ts";
import type { LabelSetKey } from "../domain/labels.ts";
import type { Access, Authenticated } from "./access/access.ts";
import { Place, type PlaceSettings } from "./access/place.ts";

export const ALL_LABELS = 1 as LabelSetKey;

export const KIM: Principal = {
  kind: "user",
  id: "user-kim",
  name: "kim",
  groups: [],
  channel: "token",
  credentialId: "token-1",
  strong: false,
  assignments: [],
};

export interface MemoryAccess extends Access {
  readonly refusals: { readonly by: string; readonly action: Action; readonly target: string }[];
  readonly readings: { readonly by: string; readonly target: string }[];
}

/** By default everybody is Kim, who may everything. */
export function memoryAccess(
  changes: Partial<
    Pick<Access, "authenticate" | "visible" | "everywhere" | "allows" | "mayWith" | "newestLabels">
  > = {},
): MemoryAccess {
  const refusals: MemoryAccess["refusals"] = [];
  const readings: MemoryAccess["readings"] = [];
  return {
    authenticate: async () => ({ principal: KIM }),
    visible: async () => [ALL_LABELS],
    everywhere: async () => true,
    newestLabels: () => 1000 as LabelSetKey,
    mayWith: async () => true,
    allows: async () => true,
    ...changes,
    refused: async (requester: KnownRequester, action, target) => {
      refusals.push({ by: requester.principal.id, action, target });
    },
    reads: async (requester, target) => {
      readings.push({ by: requester.principal.id, target });
    },
    refusals,
    readings,
  };
}

/** Only these bearer tokens and cookies are somebody. */
export function knowing(known: Readonly<Record<string, Authenticated>>): Pick<Access, "authenticate"> {
  return { authenticate: async ({ bearer, cookie }) => known[bearer ?? cookie ?? ""] };
}

export function placeForTests(settings: Partial<PlaceSettings> = {}): Place {
  const place = new Place({ tls: false, trustedProxies: [], ...settings });
  place.listensAt(settings.publicUrl ?? "http://localhost:7478");
  return place;
}
