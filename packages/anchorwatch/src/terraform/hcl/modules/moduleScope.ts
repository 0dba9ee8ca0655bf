import { literalOf, type Range } from "tfprovider/hcl";
import type { Evaluator } from "../evaluation/evaluator.ts";
import type { References, Scope } from "../evaluation/scope.ts";
import { EvaluationFailure } from "../failure.ts";
import { convert } from "../values/convert.ts";
import { toValue } from "../values/domain.ts";
import { DYNAMIC, NUMBER, STRING } from "../values/type.ts";
import { marked, object, type Typed, text, tuple, unknownOf } from "../values/typed.ts";
import type { GivenValue } from "./inputs.ts";
import { formatModuleStep } from "./moduleAddress.ts";
import type { ModuleCall, ModuleConfig, Repetition } from "./moduleConfig.ts";
import { attributeNamed } from "./readModule.ts";
import { hasInstance, type InstanceKey, type Instances, insideInstance, instancesOf } from "./repetition.ts";
import { type ResourceValues, resourceReference } from "./resourceReference.ts";
import { childVariable, rootVariable } from "./variables.ts";

/** What is the same for all modules of one configuration. */
export interface Surroundings {
  readonly evaluator: Evaluator;
  /** For the root module's variables. */
  readonly inputs: ReadonlyMap<string, GivenValue>;
  readonly workspace: string;
  /** `path.cwd`, absolute. */
  readonly workingDirectory: string;
  readonly resourceValues: ResourceValues | undefined;
}

interface Parent {
  readonly scope: ModuleScope;
  readonly call: ModuleCall;
  /** Undefined where the call has one instance, or where no particular one is meant. */
  readonly key: InstanceKey | undefined;
}

type Memo =
  | { readonly kind: "busy" }
  | { readonly kind: "done"; readonly value: Typed }
  | { readonly kind: "failed"; readonly error: EvaluationFailure };

/** The references of one instance of a module. Everything is evaluated when it is first asked for, and once. */
export class ModuleScope implements References {
  readonly config: ModuleConfig;
  readonly #around: Surroundings;
  readonly #parent: Parent | undefined;
  readonly #memo = new Map<string, Memo>();
  readonly #instances = new Map<Repetition, Instances>();
  readonly #children = new Map<string, ModuleScope>();

  constructor(config: ModuleConfig, around: Surroundings, parent?: Parent) {
    this.config = config;
    this.#around = around;
    this.#parent = parent;
  }

  /** The scope of the module's own expressions, or of one instance of a block that is repeated. */
  scope(repetition?: Repetition, key?: InstanceKey): Scope {
    const references = insideInstance(this, repetition, () => this.#instancesOf(repetition), key);
    return { names: new Map(), references };
  }

  attribute(root: string, name: string, at: Range): Typed {
    switch (root) {
      case "var":
        return this.#once(`var.${name}`, () => this.#variable(name));
      case "local":
        return this.#once(`local.${name}`, () => this.#local(name));
      case "path":
        return this.#path(name);
      case "terraform":
      case "tofu":
        if (name === "workspace") return text(this.#around.workspace);
        throw new EvaluationFailure(`there is no \`${root}.${name}\``);
      case "module":
        return this.#moduleValue(name, at);
      case "each":
      case "count":
      case "self":
        throw new EvaluationFailure(`\`${root}.${name}\` means nothing here`);
      case "ephemeral":
        return notKnown("an ephemeral resource is never known here", at);
      default:
        return this.#resource(`${root}.${name}`, at);
    }
  }

  data(type: string, name: string, at: Range): Typed {
    return this.#resource(`data.${type}.${name}`, at);
  }

  moduleOutput(name: string, key: Typed | undefined, output: string, at: Range): Typed {
    const call = this.#call(name);
    if (call.child === undefined) return notLoaded(call, at);
    if (key !== undefined && !key.wholeKnown)
      return marked(notKnown("the module's instance is not known", at), key.sensitive);
    const instances = this.#instancesOf(call.repetition);
    if (instances.kind === "unknown") return unknownOf(DYNAMIC, instances.reasons);
    const chosen = key === undefined ? undefined : instanceKey(key, instances);
    if ((instances.kind === "single") !== (chosen === undefined))
      throw new EvaluationFailure(
        instances.kind === "single"
          ? `\`module.${name}\` has one instance, and no key to choose it by`
          : `\`module.${name}\` has several instances: one must be chosen by its key`,
      );
    return marked(
      this.child(call, chosen)?.output(output, at) ?? notLoaded(call, at),
      key?.sensitive ?? false,
    );
  }

  output(name: string, at: Range): Typed {
    const block = this.config.outputs.get(name);
    if (block === undefined) throw new EvaluationFailure(`the module has no output "${name}"`, { at });
    return this.#once(`output.${name}`, () => {
      const attribute = attributeNamed(block.body, "value");
      if (attribute === undefined)
        throw new EvaluationFailure(`output "${name}" has no value`, { at: block.range });
      const sensitive = attributeNamed(block.body, "sensitive");
      const secret = sensitive !== undefined && literalOf(sensitive.expression) === true;
      return marked(this.#around.evaluator.evaluate(attribute.expression, this.scope()), secret);
    });
  }

  /** Whether a block has that instance; undefined where it cannot be told which it has. */
  hasInstance(repetition: Repetition | undefined, key: InstanceKey | undefined): boolean | undefined {
    return hasInstance(this.#instancesOf(repetition), key);
  }

  /** The scope of one instance of a child module; undefined where the module could not be loaded. */
  child(call: ModuleCall, key: InstanceKey | undefined): ModuleScope | undefined {
    if (call.child === undefined) return undefined;
    const name = JSON.stringify([call.name, key ?? null]);
    const known = this.#children.get(name);
    if (known !== undefined) return known;
    const child = new ModuleScope(call.child, this.#around, { scope: this, call, key });
    this.#children.set(name, child);
    return child;
  }

  /** With instance keys, `module.net["a"]`; empty in the root module. */
  get address(): string {
    if (this.#parent === undefined) return "";
    const { scope, call, key } = this.#parent;
    return `${scope.address === "" ? "" : `${scope.address}.`}${formatModuleStep({ name: call.name, key })}`;
  }

  #variable(name: string): Typed {
    const block = this.config.variables.get(name);
    if (block === undefined) throw new EvaluationFailure(`variable "${name}" is not declared`);
    const { evaluator, inputs } = this.#around;
    if (this.#parent === undefined) return rootVariable(block, inputs.get(name), evaluator);
    const { scope, call, key } = this.#parent;
    const attribute = attributeNamed(call.block.body, name);
    const passed =
      attribute === undefined
        ? undefined
        : () => evaluator.evaluate(attribute.expression, scope.scope(call.repetition, key));
    return childVariable(block, passed, evaluator);
  }

  #local(name: string): Typed {
    const attribute = this.config.locals.get(name);
    if (attribute === undefined) throw new EvaluationFailure(`local value "${name}" is not declared`);
    return this.#around.evaluator.evaluate(attribute.expression, this.scope());
  }

  #path(name: string): Typed {
    if (name === "module") return text(this.config.shown);
    if (name === "root") return text(".");
    if (name === "cwd") return text(this.#around.workingDirectory);
    throw new EvaluationFailure(`there is no \`path.${name}\``);
  }

  /** All of ten thousand instances may ask for all of another ten thousand: what is known of them is read once. */
  #resource(address: string, at: Range): Typed {
    const memo = this.#memo.get(address);
    if (memo?.kind === "done") return memo.value;
    if (memo?.kind === "failed") throw memo.error;
    try {
      const value = resourceReference(this.config, this.address, address, at, this.#around.resourceValues);
      // What is not known says where it was asked for, and may be known later.
      if (value.wholeKnown) this.#memo.set(address, { kind: "done", value });
      return value;
    } catch (error) {
      if (error instanceof EvaluationFailure && error.limit)
        this.#memo.set(address, { kind: "failed", error });
      throw error;
    }
  }

  #call(name: string): ModuleCall {
    const call = this.config.calls.get(name);
    if (call === undefined) throw new EvaluationFailure(`the module calls no module "${name}"`);
    return call;
  }

  /** The outputs of all instances, for what cannot be told apart while the reference is read: `module.x[*].id`. */
  #moduleValue(name: string, at: Range): Typed {
    const call = this.#call(name);
    if (call.child === undefined) return notLoaded(call, at);
    const instances = this.#instancesOf(call.repetition);
    const outputs = (key?: InstanceKey): Typed => this.#outputs(call, key, at);
    switch (instances.kind) {
      case "unknown":
        return unknownOf(DYNAMIC, instances.reasons);
      case "single":
        return outputs();
      case "count":
        return tuple(Array.from({ length: instances.count }, (_, index) => outputs(index)));
      case "each":
        return object([...instances.entries.keys()].map((key) => [key, outputs(key)] as const));
    }
  }

  #outputs(call: ModuleCall, key: InstanceKey | undefined, at: Range): Typed {
    const child = this.child(call, key);
    if (child === undefined) return notLoaded(call, at);
    return object([...child.config.outputs.keys()].map((name) => [name, child.output(name, at)] as const));
  }

  #instancesOf(repetition: Repetition | undefined): Instances {
    if (repetition === undefined) return { kind: "single" };
    const known = this.#instances.get(repetition);
    if (known !== undefined) return known;
    const instances = instancesOf(this.#around.evaluator, repetition, this.scope());
    this.#instances.set(repetition, instances);
    return instances;
  }

  #once(reference: string, evaluate: () => Typed): Typed {
    const memo = this.#memo.get(reference);
    if (memo?.kind === "done") return memo.value;
    if (memo?.kind === "failed") throw memo.error;
    if (memo?.kind === "busy") throw new EvaluationFailure(`\`${reference}\` depends on itself`);
    this.#memo.set(reference, { kind: "busy" });
    try {
      const value = evaluate();
      this.#memo.set(reference, { kind: "done", value });
      return value;
    } catch (error) {
      if (error instanceof EvaluationFailure) this.#memo.set(reference, { kind: "failed", error });
      else this.#memo.delete(reference);
      throw error;
    }
  }
}

function instanceKey(key: Typed, instances: Instances): InstanceKey {
  const value = toValue(convert(key, instances.kind === "count" ? NUMBER : STRING));
  const exists =
    instances.kind === "count"
      ? typeof value === "number" && Number.isInteger(value) && value >= 0 && value < instances.count
      : instances.kind === "each" && typeof value === "string" && instances.entries.has(value);
  if (exists && (typeof value === "string" || typeof value === "number")) return value;
  throw new EvaluationFailure("the module has no instance of that key");
}

function notLoaded(call: ModuleCall, at: Range): Typed {
  return notKnown(`\`module.${call.name}\` was not loaded`, at);
}

function notKnown(reason: string, { file, line }: Range): Typed {
  return unknownOf(DYNAMIC, [{ reason, file, line }]);
}
