import type { Shape } from "../../support/serviceModel.ts";

/** A text of the wire as JSON has it. */
export function simpleValue({ type }: Shape, text: string): unknown {
  if (type === "boolean") return text === "true";
  return ["integer", "long", "double", "float"].includes(type) ? Number(text) : text;
}
