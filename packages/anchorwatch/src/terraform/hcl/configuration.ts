/** A root module with everything below it, ready to be asked. */
import type { Block, Body, Expression } from "tfprovider/hcl";
import { type AddressParts, type ConfigAddress, configAddress, formatAddress } from "../../domain/address.ts";
import type { SourceLocation } from "../../domain/check.ts";
import type { Warning } from "../../domain/errors.ts";
import type { DeclaredAttributes } from "../../domain/shape.ts";
import { type EvaluatedBody, evaluateBody } from "./evaluation/body.ts";
import type { Evaluator } from "./evaluation/evaluator.ts";
import { type InstanceParts, instanceParts } from "./evaluation/instanceParts.ts";
import { declaredAttributes, RESOURCE_META } from "./modules/declaredAttributes.ts";
import { moduleAddress, parseManagedAddress, parseModuleAddress } from "./modules/moduleAddress.ts";
import type { IgnoreChanges, ModuleConfig, ResourceBlock } from "./modules/moduleConfig.ts";
import { ModuleScope, type Surroundings } from "./modules/moduleScope.ts";
import { modulesOf } from "./modules/moduleTree.ts";
import type { ProviderName } from "./modules/providerNames.ts";
import { chainTo, providerBySource, type ResolvedProvider, resolveProvider } from "./modules/providers.ts";
import { resourceKey } from "./modules/readModule.ts";
import { type Refactoring, refactoringsOf } from "./modules/refactorings.ts";
import type { InstanceKey } from "./modules/repetition.ts";

export interface DeclaredResource {
  readonly address: ConfigAddress;
  readonly mode: "managed" | "data";
  readonly type: string;
  readonly name: string;
  /** Names of the module calls that lead to it. */
  readonly module: readonly string[];
  readonly source: SourceLocation;
  readonly declared: DeclaredAttributes;
  readonly ignoreChanges: IgnoreChanges | undefined;
  readonly preventDestroy: boolean | undefined;
  /** In the words of its module. */
  readonly provider: ProviderName;
  readonly repetition: "count" | "for_each" | undefined;
  readonly block: Block;
}

/** An evaluated provider block; without a block the values are empty. */
export interface ProviderConfig extends EvaluatedBody {
  /** Full source address, `registry.terraform.io/hashicorp/aws`. */
  readonly source: string;
  readonly alias: string | undefined;
  /** Where the block stands; undefined without one. */
  readonly location: SourceLocation | undefined;
}

/** How a state names a provider configuration. `module` may have instance keys; empty in the root module. */
export interface ProviderRequest {
  readonly source: string;
  readonly alias?: string;
  readonly module: string;
}

export interface BackendConfig extends EvaluatedBody {
  /** `s3`, `local` …; `cloud` for a `cloud` block. */
  readonly type: string;
  readonly location: SourceLocation;
}

const PROVIDER_META: ReadonlySet<string> = new Set(["alias", "for_each", "version"]);

export class Configuration {
  readonly root: ModuleConfig;
  /** What could not be read, with file and line. */
  readonly warnings: readonly Warning[];
  /** `moved`, `removed` and `import` blocks of all modules. */
  readonly refactorings: readonly Refactoring[];
  readonly #scope: ModuleScope;
  readonly #evaluator: Evaluator;
  readonly #defaultHost: string;
  readonly #parts = new Map<ResourceBlock, InstanceParts>();
  readonly #shared = new Map<ResourceBlock, EvaluatedBody>();
  #resources: ReadonlyMap<ConfigAddress, DeclaredResource> | undefined;

  constructor(
    root: ModuleConfig,
    warnings: readonly Warning[],
    around: Surroundings & { readonly defaultHost: string },
  ) {
    this.root = root;
    this.warnings = warnings;
    this.#evaluator = around.evaluator;
    this.#defaultHost = around.defaultHost;
    this.#scope = new ModuleScope(root, around);
    this.refactorings = [...modulesOf(root)].flatMap(refactoringsOf);
  }

  /**
   * Managed resources and data sources of all modules. Evaluates what they set, and every value is evaluated once: not to
   * be asked for before the values of other resources can be told.
   */
  get resources(): ReadonlyMap<ConfigAddress, DeclaredResource> {
    this.#resources ??= new Map(
      [...modulesOf(this.root)].flatMap((config) =>
        [...config.resources.values()].map((resource) => this.#declared(config, resource)),
      ),
    );
    return this.#resources;
  }

  /** What the code gives one instance; undefined where the code declares no such resource. Unknown where it cannot be told. */
  valuesOf(instance: AddressParts): EvaluatedBody | undefined {
    const scope = this.#scopeOf(instance.module);
    const resource = scope?.config.resources.get(resourceKey(instance));
    if (scope === undefined || resource === undefined) return undefined;
    const { repetition, block } = resource;
    const here = scope.scope(repetition, instance.key);
    const evaluate = (body: Body) => evaluateBody(this.#evaluator, body, here, RESOURCE_META);
    // A module's inputs may differ from instance to instance of the module.
    if (repetition === undefined || instance.module !== "") return evaluate(block.body);
    const parts = this.#parts.get(resource) ?? instanceParts(block.body);
    this.#parts.set(resource, parts);
    const shared = this.#shared.get(resource) ?? evaluate(parts.shared);
    this.#shared.set(resource, shared);
    return together(shared, evaluate(parts.own));
  }

  /**
   * Whether the code declares that resource instance, by its whole address. Undefined where it cannot be told: how many there are
   * depends on what is not known, or the module around it was not loaded.
   */
  hasInstance(address: string): boolean | undefined {
    const parsed = parseManagedAddress(address);
    if (parsed === undefined) return undefined;
    let scope = this.#scope;
    const sure: (boolean | undefined)[] = [];
    for (const { name, key } of parsed.module) {
      const call = scope.config.calls.get(name);
      if (call === undefined) return false;
      sure.push(scope.hasInstance(call.repetition, key));
      const child = scope.child(call, key);
      if (child === undefined) return undefined;
      scope = child;
    }
    const resource = scope.config.resources.get(resourceKey(parsed));
    if (resource === undefined) return false;
    sure.push(scope.hasInstance(resource.repetition, parsed.key));
    if (sure.includes(false)) return false;
    return sure.includes(undefined) ? undefined : true;
  }

  /**
   * The configuration that a state names. Undefined where the code knows neither its module nor a block of that alias:
   * a configuration without a block is empty, an alias without one is a mistake.
   */
  providerConfigFor(request: ProviderRequest): ProviderConfig | undefined {
    const steps = parseModuleAddress(request.module);
    const path = steps?.map((step) => step.name);
    const chain = path === undefined ? undefined : chainTo(this.root, path);
    if (chain === undefined) return undefined;
    return this.#providerConfig(providerBySource(chain, request, this.#defaultHost), request.source);
  }

  /** The configuration that a declared resource is made with. */
  providerConfigOf(resource: DeclaredResource): ProviderConfig | undefined {
    const chain = chainTo(this.root, resource.module);
    if (chain === undefined) return undefined;
    const resolved = resolveProvider(chain, resource.provider, this.#defaultHost);
    return this.#providerConfig(resolved, resolved.source);
  }

  /** The `backend` or `cloud` block. */
  backend(): BackendConfig | undefined {
    const block = this.root.backend ?? this.root.cloud;
    if (block === undefined) return undefined;
    const type = block.type === "cloud" ? "cloud" : (block.labels[0] ?? "");
    return {
      ...evaluateBody(this.#evaluator, block.body, this.#scope.scope()),
      type,
      location: locationOf(block),
    };
  }

  #providerConfig(resolved: ResolvedProvider, source: string): ProviderConfig | undefined {
    const { alias, block, config } = resolved;
    if (block === undefined)
      return alias === undefined
        ? { value: {}, sensitive: [], problems: [], source, alias, location: undefined }
        : undefined;
    const scope = this.#scopeAlong(config.path.map((name) => ({ name, key: undefined })));
    if (scope === undefined) return undefined;
    const evaluated = evaluateBody(this.#evaluator, block.block.body, scope.scope(), PROVIDER_META);
    return { ...evaluated, source, alias, location: locationOf(block.block) };
  }

  #declared(config: ModuleConfig, resource: ResourceBlock): readonly [ConfigAddress, DeclaredResource] {
    const { mode, type, name, block, repetition, provider, ignoreChanges, preventDestroy } = resource;
    const address = configAddress(formatAddress({ module: moduleAddress(config.path), mode, type, name }));
    const declared: DeclaredResource = {
      address,
      mode,
      type,
      name,
      module: config.path,
      source: locationOf(block),
      declared: declaredAttributes(block.body, (expression) => this.#isNull(config, resource, expression)),
      ignoreChanges,
      preventDestroy,
      provider,
      repetition: repetition?.kind,
      block,
    };
    return [address, declared];
  }

  /** In every instance alike: what differs between them is unknown here, and unknown is not null. */
  #isNull(config: ModuleConfig, { repetition }: ResourceBlock, expression: Expression): boolean {
    const scope = this.#scopeAlong(config.path.map((name) => ({ name, key: undefined })));
    if (scope === undefined) return false;
    return this.#evaluator.evaluateOrUnknown(expression, scope.scope(repetition)).kind === "null";
  }

  #scopeOf(module: string): ModuleScope | undefined {
    if (module === "") return this.#scope;
    const steps = parseModuleAddress(module);
    return steps === undefined ? undefined : this.#scopeAlong(steps);
  }

  #scopeAlong(
    steps: readonly { readonly name: string; readonly key: InstanceKey | undefined }[],
  ): ModuleScope | undefined {
    return steps.reduce<ModuleScope | undefined>((scope, { name, key }) => {
      const call = scope?.config.calls.get(name);
      return call === undefined ? undefined : scope?.child(call, key);
    }, this.#scope);
  }
}

function together(shared: EvaluatedBody, own: EvaluatedBody): EvaluatedBody {
  return {
    value: { __proto__: null, ...shared.value, ...own.value },
    sensitive: [...shared.sensitive, ...own.sensitive],
    problems: [...shared.problems, ...own.problems],
  };
}

function locationOf({ range: { file, line } }: Block): SourceLocation {
  return { file, line };
}
