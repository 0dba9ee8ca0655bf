/** One statement of a policy, with the reason that stands above it in both documents. */
import type { Tree, TreeMap } from "./tree.ts";

export interface Statement {
  readonly sid: string;
  readonly effect: "Allow" | "Deny";
  readonly actions: readonly string[];
  /** Absent in trust policies. */
  readonly resources?: readonly string[];
  /** In policies of resources, and in trust policies. */
  readonly principal?: Tree;
  readonly condition?: TreeMap;
  /** What it is for, in sentences. */
  readonly why: string;
  /** What happens without it, after “Without it ”. */
  readonly without: string;
}

export function policyTree(statements: readonly Statement[]): TreeMap {
  return { Version: "2012-10-17", Statement: statements.map(statementTree) };
}

function statementTree(statement: Statement): TreeMap {
  const { sid, effect, actions, resources, principal, condition, why, without } = statement;
  return {
    "#": `${why} Without it ${without}.`,
    Sid: sid,
    Effect: effect,
    ...(principal === undefined ? {} : { Principal: principal }),
    Action: one(actions),
    ...(resources === undefined ? {} : { Resource: one(resources) }),
    ...(condition === undefined ? {} : { Condition: condition }),
  };
}

function one(texts: readonly string[]): Tree {
  const [only] = texts;
  return texts.length === 1 && only !== undefined ? only : texts;
}

/** Characters that count towards the limit of a policy: comments and white space do not. */
export function policySize(statements: readonly Statement[]): number {
  const bare = statements.map((statement) => {
    const { "#": _comment, ...rest } = statementTree(statement);
    return rest;
  });
  return JSON.stringify({ Version: "2012-10-17", Statement: bare }).length;
}
