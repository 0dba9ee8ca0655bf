/**
 * How big one policy may be. Cedar's parser goes as deep as a policy is nested or chained, and when that is deeper than its stack, it
 * cannot be used any more until the process ends: then nobody could do anything. So what could come near that is refused unread.
 */
import { placeOfIndex, type TextPlace, withoutComments } from "./textPlace.ts";

export interface TooBig {
  readonly place: TextPlace;
  readonly message: string;
}

/** In one policy. Together they stay below what the parser was seen to bear. */
const MOST = {
  depth: 15,
  dots: 100,
  operators: 40,
  logical: 200,
} as const;

const TOKENS = /"(?:[^"\\]|\\.)*"|&&|\|\||\bif\b|[-+*!.;()[\]{}]/gs;

interface Counted {
  depth: number;
  dots: number;
  operators: number;
  logical: number;
}

/** Of each policy that is too big the place where it becomes that. */
export function tooBigPolicies(text: string): readonly TooBig[] {
  const found: TooBig[] = [];
  let counted: Counted = { depth: 0, dots: 0, operators: 0, logical: 0 };
  let told = false;
  for (const { 0: token, index } of withoutComments(text).matchAll(TOKENS)) {
    if (token === ";") {
      counted = { depth: 0, dots: 0, operators: 0, logical: 0 };
      told = false;
      continue;
    }
    count(counted, token);
    const message = told ? undefined : beyond(counted);
    if (message === undefined) continue;
    found.push({ place: placeOfIndex(text, index), message });
    told = true;
  }
  return found;
}

function count(counted: Counted, token: string): void {
  if (token === "(" || token === "[" || token === "{") counted.depth += 1;
  else if (token === ")" || token === "]" || token === "}") counted.depth -= 1;
  if (token === ".") counted.dots += 1;
  else if (token === "&&" || token === "||") counted.logical += 1;
  else if (/^(?:if|[-+*![])$/.test(token)) counted.operators += 1;
}

function beyond({ depth, dots, operators, logical }: Counted): string | undefined {
  if (depth > MOST.depth) return `brackets may be ${MOST.depth} deep here, these are deeper`;
  if (dots > MOST.dots) return `one policy may have ${MOST.dots} “.”, this one has more`;
  if (operators > MOST.operators)
    return `one policy may have ${MOST.operators} of + - * ! [ and “if”, this one has more`;
  if (logical > MOST.logical) return `one policy may have ${MOST.logical} of && and ||, this one has more`;
  return undefined;
}
