/**
 * Entries as events of the Open Cybersecurity Schema Framework 1.6.0, for SIEMs. What the framework has no attribute for goes
 * into `unmapped`, so that nothing is lost.
 * @see https://schema.ocsf.io/1.6.0/
 */
import { isIP } from "node:net";
import type { JsonObject, JsonValue } from "../../domain/jsonValue.ts";
import type { EntryActor, StoredEntry } from "./form.ts";
import type { KindDefinition, OcsfClass, OcsfMapping } from "./kinds/kind.ts";
import { KINDS, type KindRegistry, titleOf } from "./kinds/registry.ts";

const OCSF_VERSION = "1.6.0";
const PRODUCT = "Anchorwatch";

/** Where the entry comes from. */
export interface OcsfOrigin {
  readonly index: number;
  /** The log's origin. */
  readonly log?: string;
  /** Of Anchorwatch. */
  readonly version?: string;
}

export function ocsfEvent(entry: StoredEntry, origin: OcsfOrigin, kinds: KindRegistry = KINDS): JsonObject {
  const known: KindDefinition | undefined = Object.hasOwn(kinds, entry.kind) ? kinds[entry.kind] : undefined;
  const mapping = known?.ocsf ?? UNKNOWN_KIND;
  const { uid, category } = CLASSES[mapping.class];
  const activity = typeof mapping.activity === "number" ? mapping.activity : mapping.activity(entry);
  const title = titleOf(entry.kind, kinds);
  return {
    category_uid: category,
    class_uid: uid,
    activity_id: activity,
    // 99 is “Other”: the name is ours, then.
    ...(activity === OTHER ? { activity_name: entry.kind } : {}),
    type_uid: uid * 100 + activity,
    severity_id: severityOf(entry, mapping),
    time: Date.parse(entry.time),
    message: entry.address === undefined ? title : `${title}: ${entry.address}`,
    ...statusOf(entry, mapping),
    metadata: metadataOf(entry, origin),
    actor: actorOf(entry.actor),
    ...CLASSES[mapping.class].attributes(entry, mapping, title),
    unmapped: unmappedOf(entry),
  };
}

const OTHER = 99;
const UNKNOWN_KIND: OcsfMapping = { class: "base_event", activity: OTHER };

// Maps: whatever is looked up in them may be anybody's text, such as “constructor”.
const SEVERITIES: ReadonlyMap<string, number> = new Map([
  ["info", 1],
  ["low", 2],
  ["medium", 3],
  ["high", 4],
  ["critical", 5],
]);

function severityOf({ data }: StoredEntry, { severity = "info" }: OcsfMapping): number {
  const own = data["severity"];
  return (typeof own === "string" ? SEVERITIES.get(own) : undefined) ?? SEVERITIES.get(severity) ?? 1;
}

const FINDING_STATUS = { new: 1, in_progress: 2, suppressed: 3, resolved: 4 } as const;

function statusOf(entry: StoredEntry, { status, failed }: OcsfMapping): JsonObject {
  if (status !== undefined) return { status_id: FINDING_STATUS[status] };
  if (failed === undefined) return {};
  return failed(entry) ? { status_id: 2, status: "Failure" } : { status_id: 1, status: "Success" };
}

function metadataOf(entry: StoredEntry, { index, log, version }: OcsfOrigin): JsonObject {
  return {
    version: OCSF_VERSION,
    product: { name: PRODUCT, vendor_name: PRODUCT, ...(version === undefined ? {} : { version }) },
    // In most classes `actor` is an attribute of this profile; all classes have the profile.
    profiles: ["host"],
    uid: entry.id,
    sequence: index,
    event_code: entry.kind,
    original_time: entry.time,
    ...(log === undefined ? {} : { log_name: log }),
  };
}

function actorOf(actor: EntryActor): JsonObject {
  if (actor.type === "system") return { app_name: actor.name ?? actor.id, app_uid: actor.id };
  return { user: userOf(actor), ...(actor.channel === undefined ? {} : { app_name: actor.channel }) };
}

function userOf({ id, name }: EntryActor): JsonObject {
  return { uid: id, name: name ?? id };
}

/** What each class asks for beyond the base event. */
interface OcsfClassForm {
  readonly uid: number;
  readonly category: number;
  readonly attributes: (entry: StoredEntry, mapping: OcsfMapping, title: string) => JsonObject;
}

const CLASSES: Readonly<Record<OcsfClass, OcsfClassForm>> = {
  base_event: { uid: 0, category: 0, attributes: () => ({}) },
  detection_finding: { uid: 2004, category: 2, attributes: findingAttributes },
  authentication: {
    uid: 3002,
    category: 3,
    attributes: ({ actor, data }) => ({
      user: userOf(typeof data["account"] === "string" ? { ...actor, id: data["account"] } : actor),
      service: { name: PRODUCT },
      ...sourceOf(actor),
    }),
  },
  entity_management: {
    uid: 3004,
    category: 3,
    attributes: ({ kind, data }, _mapping, title) => ({
      entity: {
        name: textOf(data["name"] ?? data["anchor"]) ?? title,
        // Other: none of those that the framework knows, such as a device or a policy.
        type_id: OTHER,
        type: kind.split(".", 1)[0],
      },
    }),
  },
  user_access: {
    uid: 3005,
    category: 3,
    attributes: ({ data, actor }) => {
      const user = textOf(data["user"]) ?? actor.id;
      return { user: { uid: user, name: user }, privileges: [textOf(data["role"]) ?? "unknown"] };
    },
  },
  api_activity: {
    uid: 6003,
    category: 6,
    attributes: (entry) => ({
      api: { operation: entry.kind, service: { name: PRODUCT } },
      src_endpoint: endpointOf(entry.actor),
      ...resourcesOf(entry),
    }),
  },
  scan_activity: { uid: 6007, category: 6, attributes: scanAttributes },
};

function findingAttributes(entry: StoredEntry, { status }: OcsfMapping, title: string): JsonObject {
  const drift = entry.refs?.find(({ type }) => type === "drift")?.id;
  return {
    finding_info: {
      // One finding from its opening to its end.
      uid: drift ?? entry.id,
      title: entry.address === undefined ? title : `${title}: ${entry.address}`,
      types: [entry.kind],
    },
    is_alert: status === "new",
    ...resourcesOf(entry),
  };
}

const SCAN_TYPES: ReadonlyMap<string, number> = new Map([
  ["manual", 1],
  ["schedule", 2],
]);

function scanAttributes({ id, data, stack }: StoredEntry): JsonObject {
  const trigger = textOf(data["trigger"]) ?? "unknown";
  const coverage = isObject(data["coverage"]) ? data["coverage"] : undefined;
  const times = [data["startedAt"], data["finishedAt"]].map((time) =>
    typeof time === "string" ? Date.parse(time) : Number.NaN,
  );
  const [start = Number.NaN, end = Number.NaN] = times;
  return {
    scan: { uid: id, name: stack?.name ?? "check", type_id: SCAN_TYPES.get(trigger) ?? OTHER, type: trigger },
    ...(Number.isNaN(start) ? {} : { start_time: start }),
    ...(Number.isNaN(end) ? {} : { end_time: end }),
    ...(coverage === undefined ? {} : { ...totalOf(coverage), num_detections: detections(coverage) }),
  };
}

function totalOf({ resources }: JsonObject): JsonObject {
  return typeof resources === "number" ? { total: resources } : {};
}

function detections(coverage: JsonObject): number {
  const counts = ["changed", "deleted", "unmanaged", "absorbed"].map((name) => coverage[name]);
  return counts.reduce<number>((sum, count) => sum + (typeof count === "number" ? count : 0), 0);
}

function resourcesOf({ address, data }: StoredEntry): JsonObject {
  const resource = isObject(data["resource"]) ? data["resource"] : {};
  const id = textOf(resource["id"]);
  const type = textOf(resource["type"]);
  if (address === undefined && id === undefined) return {};
  return {
    resources: [
      {
        ...(address === undefined ? {} : { name: address }),
        ...(id === undefined ? {} : { uid: id }),
        ...(type === undefined ? {} : { type }),
      },
    ],
  };
}

function sourceOf(actor: EntryActor): JsonObject {
  return actor.sourceAddress === undefined ? {} : { src_endpoint: endpointOf(actor) };
}

/** An endpoint must say at least one thing of itself: where no address is known, what was used. */
function endpointOf({ sourceAddress, channel }: EntryActor): JsonObject {
  if (sourceAddress === undefined) return { svc_name: channel ?? PRODUCT };
  return isIP(sourceAddress) === 0 ? { name: sourceAddress } : { ip: sourceAddress };
}

/** Everything of the entry that is not elsewhere in the event. */
function unmappedOf(entry: StoredEntry): JsonObject {
  const { id: _id, kind: _kind, time: _time, schema, actor, ...rest } = entry;
  const { type, channel, sourceAddress } = actor;
  return {
    schema,
    actor_type: type,
    // Most classes have no place for these.
    ...(channel === undefined ? {} : { actor_channel: channel }),
    ...(sourceAddress === undefined ? {} : { actor_source_address: sourceAddress }),
    ...(rest as unknown as JsonObject),
  };
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
