import { PROBLEM_TYPE } from "../problems/problemOf.ts";
import { problemShape } from "../shapes/problem.ts";

const problem = { description: "What went wrong", content: { [PROBLEM_TYPE]: { schema: problemShape } } };

/** Answers of every route besides its own. */
export const problemAnswers = { "4xx": problem, "5xx": problem };
