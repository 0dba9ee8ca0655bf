/**
 * A step into a resource's value: an attribute name or map key, a list position, or a path into a JSON string.
 * @see docs/check-format.md
 */
export type PathStep = string | number | { readonly json: readonly (string | number)[] };

export type Path = readonly PathStep[];

const PLAIN_NAME = /^[A-Za-z_][A-Za-z0-9_-]*$/;

/** `["ingress", 0, "cidr_blocks"]` as `ingress[0].cidr_blocks`; names that are no identifiers as `tags["a.b"]`. */
export function formatPath(path: Path): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "object") text += ` → ${formatPath(step.json)}`;
    else text += formatStep(step, text === "");
  }
  return text;
}

function formatStep(step: string | number, first: boolean): string {
  if (typeof step === "number") return `[${step}]`;
  if (PLAIN_NAME.test(step)) return first ? step : `.${step}`;
  return `[${JSON.stringify(step)}]`;
}
