/** CloudFormation's templates: YAML with its short forms `!Ref`, `!GetAtt` and `!Sub`. */
import {
  commentOf,
  hasReference,
  isList,
  isMap,
  membersOf,
  replaceReferences,
  type Tree,
  type TreeMap,
  wholeReference,
} from "./tree.ts";

/** What a reference is in a template: `EventsQueue.Arn`, `AWS::AccountId`. */
export type References = (name: string) => string;

/** Ends with a line break. Every text is quoted, so that nothing in it can mean anything else. */
export function yamlMap(map: TreeMap, references: References, indent = ""): string {
  return membersOf(map)
    .map(([name, item]) => {
      const comment = commentOf(item).map((line) => `${indent}# ${line}\n`);
      return `${comment.join("")}${indent}${yamlKey(name)}:${yamlAfter(item, references, `${indent}  `)}`;
    })
    .join("");
}

function yamlAfter(tree: Tree, references: References, indent: string): string {
  if (typeof tree !== "object") return ` ${yamlScalar(tree, references)}\n`;
  if (isList(tree)) {
    if (tree.length === 0) return " []\n";
    return `\n${tree.map((item) => yamlItem(item, references, indent)).join("")}`;
  }
  if (!isMap(tree) || membersOf(tree).length === 0) return " {}\n";
  return `\n${yamlMap(tree, references, indent)}`;
}

function yamlItem(item: Tree, references: References, indent: string): string {
  const comment = commentOf(item).map((line) => `${indent}# ${line}\n`);
  if (typeof item !== "object") return `${indent}- ${yamlScalar(item, references)}\n`;
  if (isMap(item)) {
    const inner = yamlMap(item, references, `${indent}  `);
    return `${comment.join("")}${indent}- ${inner.slice(indent.length + 2)}`;
  }
  return `${indent}-${yamlAfter(item, references, `${indent}  `)}`;
}

function yamlKey(name: string): string {
  return /^[A-Za-z][A-Za-z0-9]*$/.test(name) ? name : JSON.stringify(name);
}

function yamlScalar(tree: string | number | boolean, references: References): string {
  if (typeof tree !== "string") return String(tree);
  const whole = wholeReference(tree);
  if (whole !== undefined) return shortForm(references(whole));
  const quoted = JSON.stringify(tree);
  return hasReference(tree)
    ? `!Sub ${replaceReferences(quoted, (name) => `\${${references(name)}}`)}`
    : quoted;
}

function shortForm(reference: string): string {
  return reference.includes(".") ? `!GetAtt ${reference}` : `!Ref ${JSON.stringify(reference)}`;
}
