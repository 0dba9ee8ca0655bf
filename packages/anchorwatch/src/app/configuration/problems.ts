/** What is wrong with a configuration file, each with its line. */
import type { z } from "zod";
import { AnchorwatchError, type Warning } from "../../domain/errors.ts";
import { describeIssue } from "./issues.ts";
import type { DocumentPath, YamlDocument } from "./yamlDocument.ts";

const MOST_PROBLEMS = 100;

export class Problems {
  readonly found: Warning[] = [];
  readonly #document: YamlDocument;
  readonly #file: string;

  /** @param file how it is called in messages */
  constructor(document: YamlDocument, file: string) {
    this.#document = document;
    this.#file = file;
    for (const { message, hint, line, column } of document.problems)
      this.#report(message, hint, line, column);
  }

  /**
   * The document's value in the form of the schema. Undefined when it has not that form, or could not be read as a whole.
   * @param isConcealed whether messages may not show the value at a path
   */
  check<Schema extends z.ZodType>(
    schema: Schema,
    isConcealed: (path: DocumentPath) => boolean = () => false,
  ): z.infer<Schema> | undefined {
    if (this.found.length > 0) return undefined;
    const checked = schema.safeParse(this.#document.value);
    if (checked.success) return checked.data;
    for (const issue of checked.error.issues) {
      if (this.#full) break;
      for (const { path, part, message, hint } of describeIssue(
        issue,
        schema,
        this.#document.value,
        isConcealed,
      )) {
        this.reportAt(path, message, hint, part);
      }
    }
    return undefined;
  }

  reportAt(path: DocumentPath, message: string, hint?: string, part: "key" | "value" = "value"): void {
    if (this.#full) return;
    const { line, column } = this.#document.locate(path, part);
    this.#report(message, hint, line, column);
  }

  #report(message: string, hint: string | undefined, line: number, column: number): void {
    if (this.#full) return;
    const location = { file: this.#file, line, column };
    this.found.push({ code: "config_invalid", message, location, ...(hint === undefined ? {} : { hint }) });
  }

  /** Nobody reads more, and looking for the place of each of a hundred thousand takes minutes. */
  get #full(): boolean {
    return this.found.length >= MOST_PROBLEMS;
  }
}

/** All problems as one error; the first one gives the location. @param command checks the file alone */
export function configurationError(
  file: string,
  problems: readonly Warning[],
  command = "anchorwatch config validate",
): AnchorwatchError {
  const [first] = problems;
  const more = problems.length > 1 ? `${problems.length} problems in ${file}:\n` : "";
  const message = more + problems.map(formatProblem).join("\n");
  return new AnchorwatchError("config_invalid", message, {
    hint: `Correct ${file}; “${command}” checks it alone.`,
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
