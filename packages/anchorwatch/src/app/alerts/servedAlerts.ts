/** What people and programs may ask of alerts. */
import type { Alert, AlertId } from "../../alerts/alert.ts";
import type { ChannelKind } from "../../alerts/channel.ts";
import type { ChannelParts } from "../../alerts/channels/definition.ts";
import type { AlertRecords, DeliveryRecords, KeptAlerts } from "../../alerts/records.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { ExceptionRecord } from "../../watch/exception.ts";
import type { KnownRequester } from "../access/requester.ts";
import { type AddException, acceptDrift, type WantedAcceptance } from "./accepting.ts";
import type { AlertContext } from "./alertContext.ts";
import type { ChannelSettings } from "./alertSettings.ts";
import { answerAlert, answeredWith, type WantedAnswer } from "./answering.ts";
import { resend } from "./resending.ts";
import { testChannel } from "./testing.ts";

export interface ServedAlerts {
  readonly kept: Pick<KeptAlerts, "list" | "byId" | "countsOf" | "members" | "channelsOf" | "labelSets">;
  readonly deliveries: Pick<DeliveryRecords, "ofAlert" | "dead" | "totals">;
  /** That alert, and those that one message tells of together with it: they are answered together. */
  answeredWith(id: AlertId): Promise<readonly AlertId[]>;
  /** Undefined: there is none. @throws AnchorwatchError `alert_over`, `alert_snooze_invalid` */
  answer(id: AlertId, wanted: WantedAnswer, requester: KnownRequester): Promise<Alert | undefined>;
  /** Undefined: there is none. @throws AnchorwatchError `alert_over`, `alert_not_acceptable`, `exception_*` */
  accept(
    id: AlertId,
    wanted: WantedAcceptance,
    requester: KnownRequester,
  ): Promise<ExceptionRecord | undefined>;
  /** Dead letters are tried again. @returns how many */
  resend(
    filter: { readonly channel?: string; readonly alert?: AlertId },
    requester: KnownRequester,
  ): Promise<number>;
  /** Those of the operator's file. */
  channels(): readonly {
    readonly name: string;
    readonly kind: ChannelKind;
    readonly mostPerMinute: number;
  }[];
  /** What a channel of the operator's file is opened with; undefined: it has none of that name. */
  partsOf(channel: string): { readonly kind: ChannelKind; readonly parts: ChannelParts } | undefined;
  /** @throws AnchorwatchError `channel_gone`, `channel_failed` */
  test(channel: string, requester: KnownRequester): Promise<void>;
}

export function servedAlerts(
  context: AlertContext,
  partsOf: (settings: ChannelSettings) => ChannelParts,
  addException: AddException,
): ServedAlerts {
  const { records, settings } = context;
  return {
    ...keptOf(records),
    answeredWith: (id) => answeredWith(records, id),
    answer: (id, wanted, requester) => answerAlert(context, id, wanted, requester),
    accept: (id, wanted, requester) => acceptDrift(context, addException, id, wanted, requester),
    resend: (filter, requester) => resend(context, filter, requester),
    channels: () =>
      settings().channels.map(({ name, kind, mostPerMinute }) => ({ name, kind, mostPerMinute })),
    partsOf: (name) => {
      const found = settings().channels.find((one) => one.name === name);
      return found && { kind: found.kind, parts: partsOf(found) };
    },
    test: async (name, requester) => {
      const found = settings().channels.find((one) => one.name === name);
      if (found === undefined) throw noChannel(name);
      await testChannel(context, found.open(partsOf(found)), requester);
    },
  };
}

function keptOf({ alerts, deliveries }: AlertRecords): Pick<ServedAlerts, "kept" | "deliveries"> {
  return { kept: alerts, deliveries };
}

function noChannel(name: string): AnchorwatchError {
  const shown = JSON.stringify(name.length > 100 ? `${name.slice(0, 100)}…` : name);
  return new AnchorwatchError("channel_gone", `the operator's file has no channel ${shown}`, {
    hint: "`GET /api/v1/channels` names those that it has.",
  });
}
