/** How CloudTrail writes parameters and answers, which each family of services has its own way for. */
import { refOf, type ServiceModel, type Shape, type ShapeRef, shapeOf } from "../../support/serviceModel.ts";
import { wireName } from "./form.ts";

const HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS";

/** Names begin with a small letter, whatever follows: `tTL`, `dBInstanceIdentifier`. */
export function lowerFirst(name: string): string {
  return name.slice(0, 1).toLowerCase() + name.slice(1);
}

/** Values by the model; `nameOf` says what a member is called. */
export function spell(
  model: ServiceModel,
  ref: ShapeRef,
  value: unknown,
  nameOf: (name: string, ref: ShapeRef) => string,
): unknown {
  const shape = shapeOf(model, ref.shape);
  if (value === undefined || value === null) return null;
  if (shape.sensitive === true) return HIDDEN;
  if (value instanceof Date) return timeOf(value);
  if (shape.type === "blob" || shape.streaming === true) return undefined;
  if (shape.type === "list" && Array.isArray(value)) {
    const items = value.map((item) => spell(model, refOf(shape.member), item, nameOf));
    return model.metadata.protocol === "ec2" ? { items: named(model, ref, shape, items) } : items;
  }
  if (shape.type === "map") {
    const entries = Object.entries(value as object);
    return Object.fromEntries(
      entries.map(([key, item]) => [key, spell(model, refOf(shape.value), item, nameOf)]),
    );
  }
  if (shape.type !== "structure") return value;
  return spellMembers(model, shape, value as Readonly<Record<string, unknown>>, nameOf);
}

export function spellMembers(
  model: ServiceModel,
  shape: Shape,
  value: Readonly<Record<string, unknown>>,
  nameOf: (name: string, ref: ShapeRef) => string,
): Record<string, unknown> {
  const spelled: Record<string, unknown> = {};
  for (const [name, ref] of Object.entries(shape.members ?? {})) {
    if (value[name] === undefined) continue;
    const written = spell(model, ref, value[name], nameOf);
    if (written !== undefined) spelled[nameOf(name, ref)] = written;
  }
  return spelled;
}

/** EC2 has lists of objects only: `resourcesSet: {items: [{resourceId: …}]}`. */
function named(
  model: ServiceModel,
  ref: ShapeRef,
  shape: Shape,
  items: readonly unknown[],
): readonly unknown[] {
  if (shapeOf(model, refOf(shape.member).shape).type === "structure") return items;
  const wire = lowerFirst(ref.locationName ?? shape.member?.locationName ?? "item");
  return items.map((item) => ({ [wire]: item }));
}

/** Of a request to EC2: `ResourceId` is `resourcesSet`, `Tag` is `tagSet`, `IpPermissions` stays. */
export function ec2RequestName(model: ServiceModel, name: string, ref: ShapeRef): string {
  const wire = lowerFirst(wireName(model, name, ref));
  const shape = shapeOf(model, ref.shape);
  if (shape.type !== "list" || wire.endsWith("s")) return wire;
  const isOfTexts = shapeOf(model, refOf(shape.member).shape).type !== "structure";
  return isOfTexts && wire.endsWith("Id") ? `${wire.slice(0, -2)}sSet` : `${wire}Set`;
}

/** `Jan 2, 2026 3:04:05 AM` */
function timeOf(time: Date): string {
  return new Intl.DateTimeFormat("en-US", { dateStyle: "medium", timeStyle: "medium", timeZone: "UTC" })
    .format(time)
    .replace(/,(?= \d+:)/, "")
    .replaceAll("\u202f", " ");
}
