import type { IgnoreRule } from "../../compare/ignoreRules.ts";
import type { SensitiveRule } from "../../compare/sensitivity.ts";
import { AnchorwatchError, type Warning } from "../../domain/errors.ts";
import { isObject, type Value } from "../../domain/value.ts";
import type { ProviderValues } from "../checkRequest.ts";
import type { Configuration, ConfiguredInput, ConfiguredStack } from "./configuration.ts";
import { parseDuration } from "./duration.ts";
import { balanced, parseIgnoreRule, pathProblem } from "./ignoreRule.ts";
import { describeIssue, written } from "./issues.ts";
import { type ConfigurationFile, fileSchema } from "./schema.ts";
import { type DocumentPath, readYaml, type YamlDocument } from "./yamlDocument.ts";

export type ParsedConfiguration =
  | { readonly ok: true; readonly configuration: Configuration }
  | { readonly ok: false; readonly problems: readonly Warning[] };

/** `file` is how the file is called in messages and in the origin of its rules. */
export function parseConfiguration(text: string, file: string): ParsedConfiguration {
  const document = readYaml(text);
  const builder = new Builder(document, file);
  for (const { message, hint, line, column } of document.problems)
    builder.report(message, hint, line, column);
  const checked = fileSchema.safeParse(document.value);
  if (builder.problems.length > 0 || !checked.success) {
    for (const issue of checked.error?.issues ?? []) {
      if (document.problems.length > 0 || builder.full) break;
      for (const { path, part, message, hint } of describeIssue(issue, fileSchema, document.value)) {
        builder.reportAt(path, message, hint, part);
      }
    }
    return { ok: false, problems: builder.problems };
  }
  const configuration = builder.build(checked.data);
  return builder.problems.length > 0
    ? { ok: false, problems: builder.problems }
    : { ok: true, configuration };
}

/** All problems as one error; the first one gives the location. */
export function configurationError(file: string, problems: readonly Warning[]): AnchorwatchError {
  const [first] = problems;
  const more = problems.length > 1 ? `${problems.length} problems in ${file}:\n` : "";
  const message = more + problems.map(formatProblem).join("\n");
  return new AnchorwatchError("config_invalid", message, {
    hint: `Correct ${file}; “anchorwatch config validate” checks it alone.`,
    ...(first?.location === undefined ? {} : { location: first.location }),
  });
}

/** `anchorwatch.yaml:3:5: the file has the unknown key “stakcs”. Did you mean “stacks”?` */
export function formatProblem(problem: Warning): string {
  const { file, line, column } = problem.location ?? {};
  const where = [file, line, column].filter((part) => part !== undefined).join(":");
  const what = problem.hint === undefined ? problem.message : `${problem.message}. ${problem.hint}`;
  return where === "" ? what : `${where}: ${what}`;
}

const MOST_PROBLEMS = 100;

class Builder {
  readonly problems: Warning[] = [];
  readonly #document: YamlDocument;
  readonly #file: string;

  constructor(document: YamlDocument, file: string) {
    this.#document = document;
    this.#file = file;
  }

  report(message: string, hint: string | undefined, line: number, column: number): void {
    if (this.full) return;
    const location = { file: this.#file, line, column };
    this.problems.push({
      code: "config_invalid",
      message,
      location,
      ...(hint === undefined ? {} : { hint }),
    });
  }

  /** Nobody reads more, and looking for the place of each of a hundred thousand takes minutes. */
  get full(): boolean {
    return this.problems.length >= MOST_PROBLEMS;
  }

  reportAt(path: DocumentPath, message: string, hint?: string, part: "key" | "value" = "value"): void {
    if (this.full) return;
    const { line, column } = this.#document.locate(path, part);
    this.report(message, hint, line, column);
  }

  build(data: ConfigurationFile): Configuration {
    const stacks = (data.stacks ?? []).map((stack, index) => this.#stack(stack, index));
    this.#checkNames(stacks);
    return {
      file: this.#file,
      stacks,
      ignore: (data.ignore ?? []).flatMap((rule, index) => this.#ignoreRule(rule, ["ignore", index])),
      sensitive: (data.sensitive ?? []).flatMap((rule, index) =>
        this.#sensitiveRule(rule, ["sensitive", index]),
      ),
      deadlines: new Map(
        Object.entries(data.deadlines ?? {}).map(([type, text]) => [type, this.#duration(type, text)]),
      ),
      ...(data.concurrency === undefined ? {} : { concurrency: data.concurrency }),
    };
  }

  #stack(stack: NonNullable<ConfigurationFile["stacks"]>[number], index: number): ConfiguredStack {
    const at: DocumentPath = ["stacks", index];
    this.#checkPath(stack.path, [...at, "path"]);
    if (stack.state !== undefined) this.#checkPath(stack.state, [...at, "state"]);
    for (const [i, file] of (stack.varFiles ?? []).entries()) this.#checkPath(file, [...at, "varFiles", i]);
    return {
      name: stack.name,
      path: stack.path,
      ...(stack.workspace === undefined ? {} : { workspace: stack.workspace }),
      ...(stack.state === undefined ? {} : { state: stack.state }),
      inputs: this.#inputs([...at, "inputs"]),
      varFiles: stack.varFiles ?? [],
      providers: this.#providers([...at, "providers"]),
      line: this.#document.locate(at).line,
    };
  }

  /** Read from the document itself: there numbers keep their digits, and a key such as `__proto__` is data. */
  #inputs(at: DocumentPath): readonly ConfiguredInput[] {
    return entriesAt(this.#document.value, at).map(([name, value]) => {
      return { kind: "value", name, value, origin: this.#origin([...at, name]) };
    });
  }

  #providers(at: DocumentPath): ReadonlyMap<string, ProviderValues> {
    const providers = entriesAt(this.#document.value, at).map(([name]) => {
      const values = new Map(entriesAt(this.#document.value, [...at, name]));
      return [name, { values, origin: this.#origin([...at, name]) }] as const;
    });
    return new Map(providers);
  }

  #ignoreRule(
    given: NonNullable<ConfigurationFile["ignore"]>[number],
    at: DocumentPath,
  ): readonly IgnoreRule[] {
    const origin = this.#origin(at);
    if (typeof given === "string") {
      const parsed = parseIgnoreRule(given, origin);
      if (parsed.ok) return [parsed.rule];
      this.reportAt(at, `${written(at)} is no rule: ${parsed.problem}`, RULE_HINT);
      return [];
    }
    const { not, ...parts } = given;
    if (parts.type === undefined && parts.address === undefined && parts.path === undefined) {
      this.reportAt(at, `${written(at)} would ignore everything`, "Give it a type, an address or a path.");
    }
    if (parts.address !== undefined && !balanced(parts.address)) {
      this.reportAt(
        [...at, "address"],
        `${written([...at, "address"])}: expected every [ and quote to be closed`,
      );
    }
    if (parts.path !== undefined) this.#checkPathPattern(parts.path, [...at, "path"]);
    return [{ ...definedOnly(parts), negate: not ?? false, origin }];
  }

  #sensitiveRule(
    given: { type?: string | undefined; path: string },
    at: DocumentPath,
  ): readonly SensitiveRule[] {
    this.#checkPathPattern(given.path, [...at, "path"]);
    const type = given.type === undefined ? {} : { type: given.type };
    return [{ path: given.path, ...type, origin: this.#origin(at) }];
  }

  #checkPathPattern(pattern: string, at: DocumentPath): void {
    const problem = pathProblem(pattern);
    if (problem !== undefined)
      this.reportAt(at, `${written(at)}: ${problem}`, "Write it like ingress[*].description.");
  }

  /** The repository is untrusted: nothing outside the folder of this file may be named. */
  #checkPath(path: string, at: DocumentPath): void {
    const parts = path.split(/[\\/]/);
    let depth = 0;
    for (const part of parts) {
      if (part === "..") depth--;
      else if (part !== "." && part !== "") depth++;
      if (depth < 0) break;
    }
    if (depth >= 0 && !/^([\\/]|[A-Za-z]:)/.test(path) && !path.includes("\0")) return;
    this.reportAt(
      at,
      `${written(at)} leaves the folder of ${this.#file}`,
      "Give a path inside it, relative to the file.",
    );
  }

  #checkNames(stacks: readonly ConfiguredStack[]): void {
    const seen = new Map<string, number>();
    for (const [index, { name, line }] of stacks.entries()) {
      const before = seen.get(name);
      if (before === undefined) seen.set(name, line);
      else
        this.reportAt(
          ["stacks", index, "name"],
          `the stack name “${name}” is already taken in line ${before}`,
          "Give each stack its own.",
        );
    }
  }

  #duration(type: string, text: string): number {
    const milliseconds = parseDuration(text);
    if (milliseconds === undefined) {
      this.reportAt(
        ["deadlines", type],
        `deadlines.${type}: ${text} is no time to wait`,
        "More than zero, at most 24 days.",
      );
    }
    return milliseconds ?? 0;
  }

  #origin(at: DocumentPath): string {
    return `${this.#file}:${this.#document.locate(at, "key").line}`;
  }
}

const RULE_HINT = "A rule in one line is [!]TYPE-OR-ADDRESS[:PATH], such as aws_instance:tags.LastScan.";

function entriesAt(value: Value, path: DocumentPath): readonly (readonly [string, Value])[] {
  let current: Value | undefined = value;
  for (const step of path)
    current = (current as { readonly [key: string | number]: Value } | undefined)?.[step];
  return isObject(current) ? Object.entries(current) : [];
}

function definedOnly(parts: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(parts).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
