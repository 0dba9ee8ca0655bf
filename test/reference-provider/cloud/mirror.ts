/** Attributes of a parent that show children which are resources of their own. */
import type { CtyObject } from "../../../packages/tfprovider/src/cty/value.ts";
import type { CloudView, MirrorSpec, ResourceTypeSpec } from "../schema/specification.ts";
import type { StoreContent } from "../store/content.ts";
import { canonicalJson, isJsonArray, type Json, type JsonObject } from "../values/json.ts";
import { jsonOf } from "../values/toJson.ts";

/** The resource with its children in it, beside what somebody put there by hand. */
export function withChildren(
  spec: ResourceTypeSpec,
  id: string,
  stored: JsonObject,
  view: CloudView,
): JsonObject {
  const mirrored = mirrorsOf(spec).map(([name, mirror]) => {
    const children = Object.values(view.ofType(mirror.childType)).filter(
      (child) => mirror.parentOf(child) === id,
    );
    return [name, seen(mirror, children.map(mirror.elementOf), stored[name] ?? null)] as const;
  });
  return { ...stored, ...Object.fromEntries(mirrored) };
}

function seen(mirror: MirrorSpec, children: readonly Json[], own: Json): Json {
  if (mirror.single) return children[0] ?? own;
  return [...(isJsonArray(own) ? own : []), ...children];
}

/**
 * What is stored of a mirroring attribute: what the code sets, and then nothing else may remain; or else what was there
 * apart from the children.
 */
export function settleChildren(
  spec: ResourceTypeSpec,
  id: string,
  change: {
    readonly config: CtyObject;
    readonly stored: JsonObject;
    readonly before: JsonObject | undefined;
  },
  content: StoreContent,
): JsonObject {
  const settled = mirrorsOf(spec).map(([name, mirror]) => {
    const declared = jsonOf(change.config[name] ?? null);
    if (declared === null) return [name, change.before?.[name] ?? change.stored[name] ?? null] as const;
    const kept = isJsonArray(declared) && !mirror.single ? declared : [declared];
    const removed = removeOthers(mirror, id, new Set(kept.map(canonicalJson)), content);
    const own = kept.filter((element) => !removed.remaining.has(canonicalJson(element)));
    return [name, mirror.single ? (own[0] ?? null) : own] as const;
  });
  return { ...change.stored, ...Object.fromEntries(settled) };
}

/** Deletes the children whose element is not wanted. */
function removeOthers(mirror: MirrorSpec, id: string, wanted: ReadonlySet<string>, content: StoreContent) {
  const remaining = new Set<string>();
  const children = content.resources[mirror.childType] ?? {};
  for (const [childId, child] of Object.entries(children)) {
    if (mirror.parentOf(child) !== id) continue;
    const element = canonicalJson(mirror.elementOf(child));
    if (wanted.has(element)) remaining.add(element);
    else delete children[childId];
  }
  return { remaining };
}

function mirrorsOf(spec: ResourceTypeSpec): readonly (readonly [string, MirrorSpec])[] {
  return Object.entries(spec.block.attributes).flatMap(([name, { mirrors }]) =>
    mirrors === undefined ? [] : [[name, mirrors] as const],
  );
}
