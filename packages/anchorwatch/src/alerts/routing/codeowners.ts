/**
 * Who owns a file, by a CODEOWNERS file of GitHub or GitLab. It comes from a repository, so it is untrusted: it can only say names, and
 * where they lead to is the operator's to say. Patterns are matched step by step, without regular expressions: in linear time per line.
 * @see https://docs.github.com/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners
 * @see https://docs.gitlab.com/user/project/codeowners/reference/
 */

export type OwnersSyntax = "github" | "gitlab";

export interface CodeOwners {
  /** Of a path relative to the repository's root; of GitLab's sections, those of each. */
  readonly ownersOf: (path: string) => readonly string[];
}

interface Section {
  /** In lower case: sections of one name are one. */
  readonly name: string;
  readonly rules: readonly Rule[];
}

interface Rule {
  readonly pattern: readonly string[];
  /** GitLab's `!`: the section leaves it out, whatever else it says. */
  readonly isExclusion: boolean;
  readonly owners: readonly string[];
}

/** GitHub reads no file beyond 3 MB; nobody has so many lines, or such long ones, by hand. */
const MOST_LINES = 20_000;
const LONGEST_LINE = 1_000;
const MOST_BYTES = 3_000_000;

/** Lines that say nothing are left out, as the forges do. */
export function parseCodeOwners(text: string, syntax: OwnersSyntax): CodeOwners {
  const sections = text.length > MOST_BYTES ? [] : sectionsOf(text, syntax);
  return {
    ownersOf: (path) => {
      const steps = path.split("/").filter((step) => step !== "" && step !== ".");
      return [...new Set(sections.flatMap((section) => ownersIn(section, steps)))];
    },
  };
}

/** The last rule that matches says it all. */
function ownersIn({ rules }: Section, steps: readonly string[]): readonly string[] {
  if (rules.some(({ isExclusion, pattern }) => isExclusion && matchSteps(pattern, steps))) return [];
  return (
    rules.findLast(({ isExclusion, pattern }) => !isExclusion && matchSteps(pattern, steps))?.owners ?? []
  );
}

function sectionsOf(text: string, syntax: OwnersSyntax): readonly Section[] {
  const sections = new Map<string, Rule[]>([["", []]]);
  let current: { name: string; owners: readonly string[] } = { name: "", owners: [] };
  for (const line of text.split(/\r?\n/, MOST_LINES)) {
    if (line.length > LONGEST_LINE) continue;
    const header = syntax === "gitlab" ? headerOf(line) : undefined;
    if (header !== undefined) {
      current = header;
      if (!sections.has(header.name)) sections.set(header.name, []);
      continue;
    }
    const rule = ruleOf(line, syntax, current.owners);
    if (rule !== undefined) sections.get(current.name)?.push(rule);
  }
  return [...sections].map(([name, rules]) => ({ name, rules }));
}

/** `[Name]`, `^[Name][2] @owner …`: optional ones and numbers of approvals are the same to us. */
function headerOf(line: string): { name: string; owners: readonly string[] } | undefined {
  const text = line.trim().replace(/^\^/, "");
  const end = text.indexOf("]");
  if (!text.startsWith("[") || end < 2) return undefined;
  const rest = text.slice(end + 1).replace(/^\[[0-9]{1,6}\]/, "");
  return { name: text.slice(1, end).trim().toLowerCase(), owners: ownersOf(rest.trim().split(/\s+/)) };
}

function ruleOf(line: string, syntax: OwnersSyntax, inherited: readonly string[]): Rule | undefined {
  const [first, ...rest] = wordsOf(line);
  if (first === undefined) return undefined;
  const isExclusion = first.startsWith("!");
  // GitHub knows no negation and no character ranges: such a line is skipped.
  if (syntax === "github" && (isExclusion || first.includes("["))) return undefined;
  const owners = ownersOf(rest);
  return {
    pattern: patternOf(isExclusion ? first.slice(1) : first),
    isExclusion,
    owners: owners.length === 0 && syntax === "gitlab" ? inherited : owners,
  };
}

/** Separated by white space; a backslash makes the next character one of the word, `#` begins a comment. */
function wordsOf(line: string): readonly string[] {
  const words: string[] = [];
  let word = "";
  for (let at = 0; at < line.length; at++) {
    const character = line.charAt(at);
    if (character === "\\" && at + 1 < line.length) word += line.charAt(++at);
    else if (character === "#" && word === "") break;
    else if (/\s/.test(character)) {
      if (word !== "") words.push(word);
      word = "";
    } else word += character;
  }
  return word === "" ? words : [...words, word];
}

const OWNER = /^(?:@{1,2}[\w.-]+(?:\/[\w./-]+)?|[^\s@]{1,100}@[^\s@]{1,200})$/;

function ownersOf(words: readonly string[]): readonly string[] {
  return words.filter((word) => OWNER.test(word));
}

/**
 * Steps to match from the root. A pattern without a slash, or with one only at its end, is found at any depth; one that names a folder
 * means all that is in it. `*` of GitLab at the end of a path means its files alone, as in GitHub.
 */
function patternOf(text: string): readonly string[] {
  const isFolder = text.endsWith("/");
  const steps = text.split("/").filter((step) => step !== "");
  const isAnchored = text.startsWith("/") || steps.length > 1;
  const rooted = isAnchored ? steps : ["**", ...steps];
  const last = steps.at(-1);
  if (isFolder) return [...rooted, "**"];
  // `docs` is a file or a folder; `docs/*` is no folder's content.
  return last === undefined || last.includes("*") ? rooted : [...rooted, "***"];
}

/** `**` stands for any number of steps, `***` at the end for any number of steps below. */
function matchSteps(pattern: readonly string[], steps: readonly string[]): boolean {
  // Which steps can be reached after each part of the pattern: no way is gone twice.
  let reached: readonly number[] = [0];
  for (const [index, part] of pattern.entries()) {
    if (part === "**" || part === "***") {
      // What stands for the content of a folder is at least one step.
      const isContent = part === "**" && index === pattern.length - 1 && pattern.length > 1;
      const least = (reached[0] ?? steps.length + 1) + (isContent ? 1 : 0);
      reached = Array.from({ length: Math.max(0, steps.length - least + 1) }, (_, more) => least + more);
    } else reached = reached.filter((at) => matchStep(part, steps[at])).map((at) => at + 1);
  }
  return reached.includes(steps.length);
}

/** `*` and `?` within one step. Only the last `*` is ever gone back to: time grows with the product of both lengths at most. */
function matchStep(pattern: string, step: string | undefined): boolean {
  if (step === undefined) return false;
  let at = 0;
  let star: { readonly next: number; from: number } | undefined;
  let part = 0;
  while (at < step.length) {
    const wanted = pattern[part];
    if (wanted === "*") star = { next: ++part, from: at };
    else if (wanted === "?" || wanted === step[at]) {
      part++;
      at++;
    } else if (star !== undefined) {
      part = star.next;
      at = ++star.from;
    } else return false;
  }
  while (pattern[part] === "*") part++;
  return part === pattern.length;
}
