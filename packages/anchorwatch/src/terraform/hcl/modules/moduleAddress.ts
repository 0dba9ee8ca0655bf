import { unescapeQuoted } from "tfprovider/hcl";
import { formatKey } from "../../../domain/address.ts";
import type { InstanceKey } from "./repetition.ts";

export interface ModuleStep {
  readonly name: string;
  readonly key: InstanceKey | undefined;
}

const STEP = /module\.([^.[\]"\s]+)(?:\[(?:([0-9]+)|"((?:[^"\\]|\\.)*)")\])?(?:\.|$)/gy;

/** `module.net["a"].module.inner[0]`, step by step; undefined where it is no such path. The root's is empty. */
export function parseModuleAddress(address: string): readonly ModuleStep[] | undefined {
  const steps: ModuleStep[] = [];
  let end = 0;
  for (const match of address.matchAll(STEP)) {
    const [whole, name = "", position, quoted] = match;
    const key = position === undefined ? textKey(quoted) : { key: Number(position) };
    if (key === undefined) return undefined;
    steps.push({ name, ...key });
    end += whole.length;
  }
  return end === address.length ? steps : undefined;
}

export interface ManagedAddress {
  readonly module: readonly ModuleStep[];
  readonly mode: "managed";
  readonly type: string;
  readonly name: string;
  readonly key: InstanceKey | undefined;
}

const RESOURCE = /^((?:.*\.)?)([^.[\]"\s]+)\.([^.[\]"\s]+)(?:\[(?:([0-9]+)|"((?:[^"\\]|\\.)*)")\])?$/s;

/** `module.net["a"].aws_subnet.web[0]`, in its parts; undefined where it is no address of a managed resource. */
export function parseManagedAddress(address: string): ManagedAddress | undefined {
  const [, prefix = "", type = "", name = "", position, quoted] = RESOURCE.exec(address) ?? [];
  const module = parseModuleAddress(prefix.replace(/\.$/, ""));
  const key = position === undefined ? textKey(quoted) : { key: Number(position) };
  if (type === "" || module === undefined || key === undefined) return undefined;
  return { module, mode: "managed", type, name, ...key };
}

/** Undefined where the key has an escape that HCL does not know. */
function textKey(quoted: string | undefined): { readonly key: string | undefined } | undefined {
  if (quoted === undefined) return { key: undefined };
  const read = unescapeQuoted(quoted);
  return "text" in read ? { key: read.text } : undefined;
}

/** One step as the state writes it, `module.net["a"]`. */
export function formatModuleStep({ name, key }: ModuleStep): string {
  return `module.${name}${formatKey(key)}`;
}

/** Without instance keys. */
export function moduleAddress(path: readonly string[]): string {
  return path.map((name) => `module.${name}`).join(".");
}
