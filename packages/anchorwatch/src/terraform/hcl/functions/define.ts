import type { Budget } from "../budget.ts";
import { EvaluationFailure } from "../failure.ts";
import { convert } from "../values/convert.ts";
import { DYNAMIC, type Type } from "../values/type.ts";
import { marked, reasonsOf, type Typed, unknownOf, unmarked } from "../values/typed.ts";

/** The files that `file` and its kin may see. Paths are the configuration's own; every failure is an EvaluationFailure. */
export interface FileAccess {
  /** Bytes of a regular file within the boundary and the size limit. */
  read(path: string): Buffer;
  exists(path: string): boolean;
  /** Regular files below a folder, relative to it, with forward slashes. */
  list(folder: string): readonly string[];
  /** As `abspath` answers. */
  absolute(path: string): string;
  /** The home folder for `pathexpand`; undefined where there is none. */
  readonly home: string | undefined;
}

export interface FunctionContext {
  readonly budget: Budget;
  readonly files: FileAccess;
  /** Evaluates a template's text with these names and no others. `file` names it in messages. */
  renderTemplate(template: string, file: string, names: ReadonlyMap<string, Typed>): Typed;
}

export interface Parameter {
  readonly type: Type;
  readonly nullable?: boolean;
}

export interface FunctionDefinition {
  readonly params: readonly Parameter[];
  /** Any number of further arguments. */
  readonly rest?: Parameter;
  /** The type of a result that is not known. */
  readonly returns: Type;
  /**
   * The function moves parts around without looking into them: unknown and sensitive parts go through as they are.
   * Of every other function the result is unknown or sensitive when anything inside an argument is.
   */
  readonly structural?: true;
  /** Unknown arguments reach `run`, which may know the answer all the same. */
  readonly takesUnknown?: true;
  readonly run: (args: readonly Typed[], context: FunctionContext) => Typed;
}

/** @throws EvaluationFailure for arguments that do not fit, and whatever the function refuses */
export function callFunction(
  definition: FunctionDefinition,
  args: readonly Typed[],
  context: FunctionContext,
): Typed {
  checkCount(definition, args.length);
  const converted = args.map((arg, index) => argument(definition, arg, index));
  const given = converted.reduce((sum, arg) => sum + arg.weight, 1);
  context.budget.spend(given);
  const structural = definition.structural === true;
  const unknowns = converted.filter((arg) => (structural ? arg.kind === "unknown" : !arg.wholeKnown));
  const secret = converted.some((arg) => (structural ? arg.sensitive : arg.holdsSensitive));
  if (unknowns.length > 0 && definition.takesUnknown !== true)
    return marked(unknownOf(definition.returns, reasonsOf(unknowns)), secret);
  const result = run(definition, converted, context, secret);
  // What a function makes of nothing, such as a range or a file's text, is work too.
  context.budget.spend(Math.max(0, result.weight - given));
  return marked(result, secret);
}

/** A message may quote what the function was given: not where that is a secret. */
function run(
  definition: FunctionDefinition,
  args: readonly Typed[],
  context: FunctionContext,
  secret: boolean,
): Typed {
  try {
    return definition.run(args.map(unmarked), context);
  } catch (error) {
    if (error instanceof EvaluationFailure && secret) throw withheld(error);
    // A text longer than the runtime can hold, or a pattern that ran out of stack on one: the code asked for it.
    if (error instanceof RangeError)
      throw new EvaluationFailure("it was given more than can be worked with", { limit: true });
    throw error;
  }
}

function withheld(error: EvaluationFailure): EvaluationFailure {
  const details = error.at === undefined ? {} : { at: error.at };
  return new EvaluationFailure("it fails; the reason is withheld, since an argument is sensitive", {
    ...details,
    limit: error.limit,
  });
}

function checkCount({ params, rest }: FunctionDefinition, count: number): void {
  if (count >= params.length && (rest !== undefined || count === params.length)) return;
  const least = rest === undefined ? "" : "at least ";
  const wanted = `${params.length} ${params.length === 1 ? "argument" : "arguments"}`;
  throw new EvaluationFailure(`it takes ${least}${wanted}, and ${count} ${count === 1 ? "is" : "are"} given`);
}

function argument({ params, rest }: FunctionDefinition, arg: Typed, index: number): Typed {
  const parameter = params[index] ?? rest ?? { type: DYNAMIC };
  if (arg.kind === "null" && parameter.nullable !== true)
    throw new EvaluationFailure(`argument ${index + 1} must not be null`);
  try {
    return convert(arg, parameter.type);
  } catch (error) {
    if (!(error instanceof EvaluationFailure) || error.limit) throw error;
    throw new EvaluationFailure(`argument ${index + 1}: ${error.message}`);
  }
}
