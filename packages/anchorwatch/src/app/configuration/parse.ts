import type { IgnoreRule } from "../../compare/ignoreRules.ts";
import type { SensitiveRule } from "../../compare/sensitivity.ts";
import type { Warning } from "../../domain/errors.ts";
import type { ProviderValues } from "../checkRequest.ts";
import { NO_SOURCES, type RuleSources, readRules } from "../policy/rules/readRules.ts";
import type { RuleFileName } from "../policy/rules/repositoryRules.ts";
import type { Configuration, ConfiguredInput, ConfiguredStack } from "./configuration.ts";
import { parseDuration } from "./duration.ts";
import { readRepositoryGate } from "./gateSection.ts";
import { balanced, parseIgnoreRule, pathProblem } from "./ignoreRule.ts";
import { written } from "./issues.ts";
import { Problems } from "./problems.ts";
import { type ConfigurationFile, fileSchema } from "./schema.ts";
import { type DocumentPath, entriesAt, readYaml, type YamlDocument } from "./yamlDocument.ts";

export type ParsedConfiguration =
  | { readonly ok: true; readonly configuration: Configuration }
  | { readonly ok: false; readonly problems: readonly Warning[] };

/** `file` is how the file is called in messages and in the origin of its rules. */
export function parseConfiguration(text: string, file: string): ParsedConfiguration {
  const document = readYaml(text);
  const problems = new Problems(document, file);
  const checked = problems.check(fileSchema);
  if (checked === undefined) return { ok: false, problems: problems.found };
  const configuration = new Builder(document, file, problems).build(checked);
  return problems.found.length > 0 ? { ok: false, problems: problems.found } : { ok: true, configuration };
}

class Builder {
  readonly #problems: Problems;
  readonly #document: YamlDocument;
  readonly #file: string;

  constructor(document: YamlDocument, file: string, problems: Problems) {
    this.#document = document;
    this.#file = file;
    this.#problems = problems;
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
      policy: { ...this.#rules(data), problems: [] },
      ruleFiles: this.#files(data.ruleFiles, "ruleFiles"),
      policyTests: this.#files(data.policyTests, "policyTests"),
      gate: readRepositoryGate(data.gate, this.#problems),
    };
  }

  #rules(data: ConfigurationFile): RuleSources {
    if (data.rules === undefined && data.adjust === undefined) return NO_SOURCES;
    const place = { file: this.#file, origin: "repository", at: [] } as const;
    return readRules(data, place, this.#document, this.#problems);
  }

  #files(paths: readonly string[] = [], member: string): readonly RuleFileName[] {
    return paths.map((path, index) => {
      this.#checkPath(path, [member, index]);
      return { path, line: this.#document.locate([member, index]).line };
    });
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
      ...(stack.sweepEvery === undefined
        ? {}
        : { sweepEveryMs: this.#sweepEvery(stack.sweepEvery, [...at, "sweepEvery"]) }),
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
      this.#problems.reportAt(at, `${written(at)} is no rule: ${parsed.problem}`, RULE_HINT);
      return [];
    }
    const { not, ...parts } = given;
    if ([parts.type, parts.address, parts.path].every((part) => part === undefined || ANYTHING.test(part))) {
      this.#problems.reportAt(
        at,
        `${written(at)} would ignore everything`,
        "Give it a type, an address or a path.",
      );
    }
    if (parts.address !== undefined && !balanced(parts.address)) {
      this.#problems.reportAt(
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
      this.#problems.reportAt(at, `${written(at)}: ${problem}`, "Write it like ingress[*].description.");
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
    this.#problems.reportAt(
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
        this.#problems.reportAt(
          ["stacks", index, "name"],
          `the stack name “${name}” is already taken in line ${before}`,
          "Give each stack its own.",
        );
    }
  }

  /** A repository may ask for work, but not for as much as it likes. */
  #sweepEvery(text: string, at: DocumentPath): number {
    const milliseconds = parseDuration(text);
    if (milliseconds !== undefined && milliseconds >= MOST_OFTEN_MS) return milliseconds;
    this.#problems.reportAt(
      at,
      `${written(at)}: ${text} is no time between two sweeps`,
      "At least 1m, at most 24 days.",
    );
    return MOST_OFTEN_MS;
  }

  #duration(type: string, text: string): number {
    const milliseconds = parseDuration(text);
    if (milliseconds === undefined) {
      this.#problems.reportAt(
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

const MOST_OFTEN_MS = 60_000;

/** Names nothing: wildcards alone. */
const ANYTHING = /^\*+$/;
const RULE_HINT = "A rule in one line is [!]TYPE-OR-ADDRESS[:PATH], such as aws_instance:tags.LastScan.";

function definedOnly(parts: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(parts).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
