/**
 * Regular expressions in time that is linear in the text (RE2's syntax: no back references, no looking around). JavaScript's own take
 * exponential time over texts that somebody chose for it.
 */
import { RE2JS } from "re2js";
import type { Budget } from "./budget.ts";
import { CelFailure } from "./failure.ts";

const LONGEST_PATTERN = 500;
const MOST_KEPT = 1000;
const kept = new Map<string, Pattern>();

interface Pattern {
  readonly program: RE2JS;
  readonly size: number;
}

/** Whether the pattern is found anywhere in the text. @throws CelFailure for a pattern that is none */
export function matchesPattern(text: string, pattern: string, budget: Budget): boolean {
  const compiled = compilePattern(pattern, budget);
  // Each character of the text may be looked at by each instruction of the program: `(a{100}){10}` has a thousand, and each takes up to 0.1 µs.
  budget.take(1 + Math.ceil((text.length * Math.max(16, compiled.size)) / 8));
  // Not `test`, which keeps up to 8 MB of states for each pattern: texts that somebody chose would fill them.
  return compiled.program.matcher(text).find();
}

/** What is wrong with a pattern, if anything. */
export function patternProblem(pattern: string): string | undefined {
  try {
    compile(pattern);
    return undefined;
  } catch (error) {
    if (error instanceof CelFailure) return error.message;
    throw error;
  }
}

function compilePattern(pattern: string, budget: Budget): Pattern {
  const known = kept.get(pattern);
  if (known !== undefined) return known;
  // A pattern may come from the data as well: compiling is what costs most.
  budget.take(1000 + pattern.length * 20);
  const program = compile(pattern);
  const compiled = { program, size: program.programSize() };
  if (kept.size >= MOST_KEPT) kept.clear();
  kept.set(pattern, compiled);
  return compiled;
}

function compile(pattern: string): RE2JS {
  if (pattern.length > LONGEST_PATTERN)
    throw new CelFailure(`the pattern is longer than ${LONGEST_PATTERN} characters`);
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CelFailure(`“${pattern.slice(0, 60)}” is no pattern of RE2: ${why}`);
  }
}
