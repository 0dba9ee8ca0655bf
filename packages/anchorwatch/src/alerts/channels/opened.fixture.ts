/** A channel as the operator's file would open it, over the real client, which may reach the stand-in alone. */
import { AnchorwatchError } from "../../domain/errors.ts";
import { newEgress } from "../../egress/egress.ts";
import { newConnect } from "../../egress/egressConnect.ts";
import { parseAllowed } from "../../egress/rules.ts";
import { type Channel, ChannelFailure, type Delivery } from "../channel.ts";
import { alertMessage } from "../message/messages.fixture.ts";
import type { ChannelDefinition, ChannelParts } from "./definition.ts";

export const NOW = new Date("2026-01-02T03:05:00.000Z");

export interface Surroundings {
  readonly secrets?: Readonly<Record<string, string>>;
  /** `http://127.0.0.1:PORT`; absent: the Internet alone. */
  readonly allow?: string;
  readonly append?: ChannelParts["append"];
  /** Of one request; 2 s unless told. */
  readonly timeoutMs?: number;
}

export function opened<Section>(
  definition: ChannelDefinition<Section>,
  section: unknown,
  { secrets = {}, allow, append = async () => {}, timeoutMs = 2000 }: Surroundings,
): Channel {
  const allowed =
    allow === undefined ? [] : [parseAllowed(allow)].flatMap((one) => ("problem" in one ? [] : [one]));
  const outbound = newEgress({
    rules: () => ({ allow: allowed }),
    resolve: async () => [],
    version: "1.2.3",
    timeoutMs,
  });
  const secret = async (name: string) => {
    const isKnown = definition.secrets.some((known) => known.name === name);
    if (!isKnown) throw new TypeError(`no such secret: ${name}`);
    if (secrets[name] === "") throw new AnchorwatchError("channel_secret_missing", "the file is empty");
    return secrets[name];
  };
  return definition.open(definition.section.parse(section), {
    name: "oncall",
    outbound,
    // Whatever name is allowed is this machine.
    connect: newConnect({
      rules: () => ({ allow: allowed }),
      resolve: async () => [{ address: "127.0.0.1", family: 4 }],
      timeoutMs,
    }),
    now: () => NOW,
    secret,
    version: "1.2.3",
    origin: "https://anchorwatch.example.com",
    append,
  });
}

function delivery(given: Partial<Delivery> = {}): Delivery {
  return { key: "oncall:0197-alert-1:1", step: "open", message: alertMessage(), ...given };
}

export function deliver(
  channel: Channel,
  given: Partial<Delivery> = {},
  signal = new AbortController().signal,
) {
  return channel.deliver(delivery(given), signal);
}

/** @throws TypeError where it succeeded, or failed without a reason for the deliverer */
export async function failureOf(channel: Channel, given: Partial<Delivery> = {}): Promise<ChannelFailure> {
  const failure: unknown = await deliver(channel, given).catch((error: unknown) => error);
  if (failure instanceof ChannelFailure) return failure;
  throw new TypeError("it was delivered", { cause: failure });
}
