/** `override.tf` and `*_override.tf`: their blocks change those of the other files. */
import { type Attribute, type Block, type Body, type HclFile, literalOf } from "tfprovider/hcl";
import type { Warning } from "../../../domain/errors.ts";
import { effectiveType } from "../evaluation/body.ts";

export interface MergedBlocks {
  readonly blocks: readonly Block[];
  readonly warnings: readonly Warning[];
}

/** @see https://developer.hashicorp.com/terraform/language/files/override */
export function mergeOverrides(primary: readonly HclFile[], overrides: readonly HclFile[]): MergedBlocks {
  const blocks = primary.flatMap((file) => file.body.blocks);
  const warnings: Warning[] = [];
  for (const override of overrides.flatMap((file) => file.body.blocks)) {
    if (override.type === "locals") overrideLocals(blocks, override);
    else if (override.type === "terraform") overrideSettings(blocks, override);
    else if (!overrideBlock(blocks, override)) warnings.push(unmatched(override));
  }
  return { blocks, warnings };
}

function unmatched({ type, labels, range }: Block): Warning {
  const header = [type, ...labels.map((label) => `"${label}"`)].join(" ");
  return {
    code: "code_override_unmatched",
    message: `${range.file}:${range.line}: ${header} overrides nothing, since no other file declares it`,
    hint: "Correct its labels, or move the block to a file whose name does not end in _override.",
    location: { file: range.file, line: range.line },
  };
}

function overrideLocals(blocks: Block[], override: Block): void {
  for (const attribute of override.body.attributes) {
    const index = blocks.findIndex(
      (block) =>
        block.type === "locals" && block.body.attributes.some((other) => other.name === attribute.name),
    );
    const base = blocks[index];
    if (base === undefined) blocks.push({ ...override, body: { attributes: [attribute], blocks: [] } });
    else blocks[index] = { ...base, body: mergeBodies(base.body, { attributes: [attribute], blocks: [] }) };
  }
}

function overrideBlock(blocks: Block[], override: Block): boolean {
  const index = blocks.findIndex((block) => identity(block) === identity(override));
  const base = blocks[index];
  if (base === undefined) return false;
  blocks[index] = { ...base, body: mergeBodies(base.body, override.body) };
  return true;
}

/**
 * Settings may be spread over any number of `terraform` blocks: what the override says is taken out of all of them.
 * Required providers are replaced one by one; a backend takes the place of a backend or a cloud block.
 */
function overrideSettings(blocks: Block[], override: Block): void {
  for (const [index, block] of blocks.entries())
    if (block.type === "terraform") blocks[index] = { ...block, body: without(block.body, override.body) };
  blocks.push(override);
}

function without(base: Body, override: Body): Body {
  const place = (block: Block): string => (block.type === "cloud" ? "backend" : block.type);
  const required = override.blocks.filter((block) => block.type === "required_providers");
  const replaced = new Set(override.blocks.map(place));
  const blocks = base.blocks.flatMap((block) => {
    if (!replaced.has(place(block))) return [block];
    if (block.type !== "required_providers") return [];
    const rest = required.reduce((body, { body: other }) => without(body, other), block.body);
    return [{ ...block, body: rest }];
  });
  return { attributes: unnamed(base.attributes, override.attributes), blocks };
}

function identity({ type, labels, body }: Block): string {
  const alias =
    type === "provider" ? body.attributes.find((attribute) => attribute.name === "alias") : undefined;
  const name = alias === undefined ? undefined : literalOf(alias.expression);
  return JSON.stringify([type, labels, name ?? null]);
}

/** Arguments replace arguments, and nested blocks replace all of their type; only `lifecycle` is merged inside. */
function mergeBodies(base: Body, override: Body): Body {
  const replaced = new Set(override.blocks.map(effectiveType));
  const lifecycle = base.blocks.find((block) => block.type === "lifecycle");
  const kept = base.blocks.filter((block) => !replaced.has(effectiveType(block)));
  const added = override.blocks.map((block) =>
    block.type === "lifecycle" && lifecycle !== undefined
      ? { ...lifecycle, body: mergeBodies(lifecycle.body, block.body) }
      : block,
  );
  const attributes = [...unnamed(base.attributes, override.attributes), ...override.attributes];
  return { attributes, blocks: [...kept, ...added] };
}

/** The attributes that the override does not have. */
function unnamed(base: readonly Attribute[], override: readonly Attribute[]): readonly Attribute[] {
  const names = new Set(override.map((attribute) => attribute.name));
  return base.filter((attribute) => !names.has(attribute.name));
}
