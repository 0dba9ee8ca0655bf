export { CtyDecimal } from "../cty/value.ts";
export type * from "./ast.ts";
export type { HclParser } from "./hclParser.ts";
export type { JsonMember, JsonNode } from "./json/reader.ts";
export { parseJson } from "./json/reader.ts";
export { literalOf, type PlainValue } from "./literal.ts";
export { numberLiteral } from "./numberLiteral.ts";
export { loadHclParser, parseHcl, parseHclJson } from "./parser.ts";
export { isSyntaxError } from "./syntaxErrors.ts";
