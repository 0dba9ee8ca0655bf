import type { InstanceKey } from "./repetition.ts";

export interface ModuleStep {
  readonly name: string;
  readonly key: InstanceKey | undefined;
}

const STEP = /module\.([^.[\]"\s]+)(?:\[([0-9]+|"(?:[^"\\]|\\.)*")\])?(?:\.|$)/gy;

/** `module.net["a"].module.inner[0]`, step by step; undefined where it is no such path. The root's is empty. */
export function parseModuleAddress(address: string): readonly ModuleStep[] | undefined {
  const steps: ModuleStep[] = [];
  let end = 0;
  for (const match of address.matchAll(STEP)) {
    const [whole, name = "", key] = match;
    steps.push({ name, key: key === undefined ? undefined : (JSON.parse(key) as InstanceKey) });
    end += whole.length;
  }
  return end === address.length ? steps : undefined;
}

/** Without instance keys. */
export function moduleAddress(path: readonly string[]): string {
  return path.map((name) => `module.${name}`).join(".");
}
