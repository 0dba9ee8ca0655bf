/** The operator's settings as people may see them: all of them, defaults filled in, and no secret. */
import { join } from "node:path";
import { formatVerifierKey } from "tlog";
import type { JsonObject, JsonValue } from "../../../domain/jsonValue.ts";
import { Decimal, Unknown, type Value } from "../../../domain/value.ts";
import { withoutSecrets } from "../../../ledger/read/logPlace.ts";
import type { AlertSettings } from "../../alerts/alertSettings.ts";
import { isNamedLikeSecret } from "../../environmentSecrets.ts";
import type { AnchorSettings, LedgerSettings } from "../../ledger/ledgerSettings.ts";
import { shownPlaybook } from "../../playbooks/servedPlaybooks.ts";
import type { PolicySettings } from "../../policy/rules/policySettings.ts";
import type { StackSource } from "../../watch/watchSettings.ts";
import type { ServerConfiguration } from "./serverConfiguration.ts";
import { watchSettingsOf } from "./watchSection.ts";

export interface ShownOn {
  /** Absolute: where what the file gives no folder lies. */
  readonly stateFolder: string;
  /** Another PostgreSQL than the embedded one is used. */
  readonly hasDatabaseUrl: boolean;
}

/** Stands for what is there and not shown. */
const HIDDEN = "(hidden)";

export function shownConfiguration(
  { ledger, watch, listen, access, egress, alerts, playbooks, policy, exceptions }: ServerConfiguration,
  { stateFolder, hasDatabaseUrl }: ShownOn,
): JsonObject {
  const { databaseFolder, keep, port, stacks, ...others } = watchSettingsOf(watch, stateFolder);
  return {
    database: {
      ...(hasDatabaseUrl ? { variable: "DATABASE_URL" } : { folder: databaseFolder }),
      keep: plain(keep),
    },
    server: { port, ...objectOf(listen) },
    ledger: ledger === undefined ? { folder: join(stateFolder, "ledger") } : shownLedger(ledger),
    watch: { ...objectOf(others), stacks: stacks.map(shownStacks) },
    access: {
      ...objectOf({ ...access, policies: undefined }),
      // Their text is for those who may see access.
      policies: access.policies.map(({ name }) => name),
    },
    playbooks: plain(playbooks.map(shownPlaybook)),
    policy: shownPolicy(policy),
    exceptions: plain(exceptions.map((one) => ({ ...one }))),
    egress: { allow: egress.written },
    ...shownAlerts(alerts),
  };
}

/** Rules by their ids: what they say, `anchorwatch policy list` shows. */
function shownPolicy({ compiled, disabled, breakGlass, changeWindows }: PolicySettings): JsonObject {
  return {
    rules: compiled.rules.map(({ source }) => source.id),
    adjust: compiled.adjustments.map(({ source }) => source.id),
    disable: disabled,
    breakGlass,
    changeWindows: plain(changeWindows.map((window) => ({ ...window }))),
  };
}

/** Of channels only what they are: whoever knows an address may post there. */
function shownAlerts({ channels, routing, grouping }: AlertSettings): JsonObject {
  const { routes, owners } = routing;
  return {
    channels: channels.map(({ name, kind, quiet, mostPerMinute }) =>
      objectOf({ name, kind, quiet, mostPerMinute }),
    ),
    alerts: {
      ...(routes === undefined
        ? {}
        : {
            routes: routes.map(({ name, to, toOwners, escalate, goesOn }) =>
              objectOf({ name, to, owners: toOwners, escalate, goesOn }),
            ),
          }),
      owners: plain(owners),
      group: plain(grouping),
    },
  };
}

function shownLedger({ anchors, ...others }: LedgerSettings): JsonObject {
  return { ...objectOf(others), anchors: anchors.map(shownAnchor) };
}

function shownAnchor(anchor: AnchorSettings): JsonObject {
  switch (anchor.kind) {
    case "witness":
      return { kind: anchor.kind, url: withoutSecrets(anchor.url), keys: anchor.keys.map(formatVerifierKey) };
    case "webhook":
      // Whoever knows it may post there.
      return { ...objectOf(anchor), url: HIDDEN };
    default:
      return objectOf(anchor);
  }
}

function shownStacks({ read, ...others }: StackSource): JsonObject {
  const { providerArguments = new Map(), ...rest } = read;
  const blocks = [...providerArguments].map(([source, values]) => [source, shownArguments(values)] as const);
  return {
    ...objectOf(others),
    read: {
      ...objectOf(rest),
      ...(blocks.length === 0 ? {} : { providerArguments: Object.fromEntries(blocks) }),
    },
  };
}

function shownArguments(values: ReadonlyMap<string, Value>): JsonObject {
  return Object.fromEntries([...values].map(([name, value]) => [name, shownArgument(name, value)]));
}

/** Numbers that a double cannot hold are shown as text. */
function shownArgument(name: string, value: Value): JsonValue {
  if (value !== null && isNamedLikeSecret(name)) return HIDDEN;
  if (typeof value === "bigint") return String(value);
  if (value instanceof Decimal) return value.text;
  if (value instanceof Unknown) return "(unknown)";
  if (Array.isArray(value)) return (value as readonly Value[]).map((each) => shownArgument("", each));
  if (typeof value !== "object" || value === null) return plain(value);
  return shownArguments(new Map(Object.entries(value)));
}

function objectOf(members: object): JsonObject {
  return plain(members) as JsonObject;
}

/** Settings hold texts, numbers, lists, maps and objects; what is absent stays away. */
function plain(value: unknown): JsonValue {
  if (typeof value === "string") return ADDRESS.test(value) ? withoutSecrets(value) : value;
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Map) return objectOf(Object.fromEntries(value));
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value as JsonValue;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([name, member]) => [name, plain(member)]));
}

const ADDRESS = /^[a-z][a-z0-9+.-]*:\/\//i;
