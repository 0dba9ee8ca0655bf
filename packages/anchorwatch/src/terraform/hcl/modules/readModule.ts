import { type Attribute, type Block, type Body, type HclParser, literalOf } from "tfprovider/hcl";
import { ignoreChangesOf, preventDestroyOf } from "./ignoreChanges.ts";
import type { ModuleCall, ModuleConfig, ProviderBlock, Repetition, ResourceBlock } from "./moduleConfig.ts";
import {
  impliedProvider,
  type ProviderName,
  providerKey,
  providerNameOf,
  sourceAddress,
} from "./providerNames.ts";

export interface ModulePlace {
  readonly path: readonly string[];
  readonly folder: string;
  readonly shown: string;
}

interface Reading {
  readonly parser: HclParser;
  /** `registry.terraform.io`, or OpenTofu's. */
  readonly defaultHost: string;
}

/** The blocks of a module by what they declare. Calls come without their children. */
export function readModule(place: ModulePlace, blocks: readonly Block[], reading: Reading): ModuleConfig {
  const of = (type: string): readonly Block[] => blocks.filter((block) => block.type === type);
  const settings = of("terraform");
  const inner = (type: string): readonly Block[] =>
    settings.flatMap((block) => block.body.blocks.filter((child) => child.type === type));
  const { parser } = reading;
  return {
    ...place,
    variables: byLabel(of("variable")),
    outputs: byLabel(of("output")),
    locals: new Map(
      of("locals").flatMap((block) => block.body.attributes.map((local) => [local.name, local] as const)),
    ),
    providers: of("provider").map(providerBlock),
    requiredProviders: requiredProviders(inner("required_providers"), reading.defaultHost),
    resources: new Map(
      [...of("resource"), ...of("data")].map((block) => {
        const resource = resourceBlock(block, parser);
        return [resourceKey(resource), resource] as const;
      }),
    ),
    calls: new Map(of("module").map((block) => [block.labels[0] ?? "", moduleCall(block, parser)] as const)),
    backend: inner("backend")[0],
    cloud: inner("cloud")[0],
    requiredVersion: requiredVersion(settings),
    refactorings: blocks.filter((block) => ["moved", "removed", "import"].includes(block.type)),
  };
}

/** How a resource is called inside its module: `aws_vpc.main`, `data.aws_ami.base`. */
export function resourceKey({ mode, type, name }: Pick<ResourceBlock, "mode" | "type" | "name">): string {
  return `${mode === "data" ? "data." : ""}${type}.${name}`;
}

export function attributeNamed(body: Body, name: string): Attribute | undefined {
  return body.attributes.find((attribute) => attribute.name === name);
}

function byLabel(blocks: readonly Block[]): ReadonlyMap<string, Block> {
  return new Map(blocks.map((block) => [block.labels[0] ?? "", block]));
}

function providerBlock(block: Block): ProviderBlock {
  const alias = literalText(block.body, "alias");
  return { name: block.labels[0] ?? "", ...(alias === undefined ? {} : { alias }), block };
}

function literalText(body: Body, name: string): string | undefined {
  const attribute = attributeNamed(body, name);
  const value = attribute === undefined ? undefined : literalOf(attribute.expression);
  return typeof value === "string" ? value : undefined;
}

function requiredVersion(settings: readonly Block[]): string | undefined {
  return settings
    .map((block) => literalText(block.body, "required_version"))
    .find((version) => version !== undefined);
}

/** `aws = { source = "hashicorp/aws" }`, or the old `aws = "~> 3.0"`, which says nothing of the source. */
function requiredProviders(blocks: readonly Block[], defaultHost: string): ReadonlyMap<string, string> {
  const sources = new Map<string, string>();
  for (const { name, expression } of blocks.flatMap((block) => block.body.attributes)) {
    if (expression.kind !== "object") continue;
    const item = expression.items.find(({ key }) => literalOf(key) === "source");
    const source = item === undefined ? undefined : literalOf(item.value);
    if (typeof source === "string") sources.set(name, sourceAddress(source, defaultHost));
  }
  return sources;
}

function resourceBlock(block: Block, parser: HclParser): ResourceBlock {
  const [type = "", name = ""] = block.labels;
  const provider = attributeNamed(block.body, "provider");
  const named = provider === undefined ? undefined : providerNameOf(provider.expression, parser);
  return {
    mode: block.type === "data" ? "data" : "managed",
    type,
    name,
    block,
    provider: named ?? impliedProvider(type),
    repetition: repetitionOf(block.body),
    ignoreChanges: ignoreChangesOf(block.body, parser),
    preventDestroy: preventDestroyOf(block.body),
  };
}

function repetitionOf(body: Body): Repetition | undefined {
  for (const kind of ["count", "for_each"] as const) {
    const attribute = attributeNamed(body, kind);
    if (attribute !== undefined) return { kind, expression: attribute.expression };
  }
  return undefined;
}

function moduleCall(block: Block, parser: HclParser): ModuleCall {
  return {
    name: block.labels[0] ?? "",
    block,
    source: literalText(block.body, "source"),
    repetition: repetitionOf(block.body),
    providers: passedProviders(block.body, parser),
    child: undefined,
  };
}

/** `providers = { aws = aws.west }`; the keys are names too, but an object's bare keys are texts already. */
function passedProviders(body: Body, parser: HclParser): ReadonlyMap<string, ProviderName> | undefined {
  const attribute = attributeNamed(body, "providers");
  if (attribute?.expression.kind !== "object") return undefined;
  const passed = new Map<string, ProviderName>();
  for (const { key, value } of attribute.expression.items) {
    const inner = providerNameOf(key, parser);
    const outer = providerNameOf(value, parser);
    if (inner === undefined || outer === undefined) continue;
    passed.set(providerKey(inner), outer);
  }
  return passed;
}
