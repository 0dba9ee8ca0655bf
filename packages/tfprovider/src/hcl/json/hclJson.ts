import type { Attribute, Block, Body, Expression, HclFile, HclSyntaxError } from "../ast.ts";
import { NotHcl } from "../conversion.ts";
import type { HclParser } from "../hclParser.ts";
import { FileSource } from "../source.ts";
import { isSyntaxError, syntaxError } from "../syntaxErrors.ts";
import { type JsonMember, type JsonNode, parseJson } from "./reader.ts";
import { type BlockStructure, TERRAFORM_STRUCTURE } from "./structure.ts";

/** A file in HCL's JSON syntax. The parser reads the templates in its strings. */
export function readHclJson(
  text: string,
  file: string,
  content: "configuration" | "values",
  parser: HclParser,
): HclFile {
  const source = new FileSource(text, file);
  const root = parseJson(text);
  if (root.kind === "problem") {
    const error = syntaxError(new NotHcl(source, root.offset, root.problem), undefined, "JSON");
    return { file, syntax: "json", body: { attributes: [], blocks: [] }, errors: [error] };
  }
  const reader = new JsonBodies(source, content === "configuration" ? parser : undefined);
  const body = reader.body(root, content === "configuration" ? TERRAFORM_STRUCTURE : {});
  return { file, syntax: "json", body, errors: reader.errors };
}

/** Travels to the item that holds the template, which is then left out. */
class BrokenTemplate extends Error {
  readonly problem: HclSyntaxError;

  constructor(problem: HclSyntaxError) {
    super(problem.message);
    this.problem = problem;
  }
}

class JsonBodies {
  readonly errors: HclSyntaxError[] = [];
  #insideItem = false;
  readonly #source: FileSource;
  /** Undefined where strings are no templates. */
  readonly #parser: HclParser | undefined;

  constructor(source: FileSource, parser: HclParser | undefined) {
    this.#source = source;
    this.#parser = parser;
  }

  /** An array of objects is one body: they are joined. */
  body(node: JsonNode, structure: Readonly<Record<string, BlockStructure>>): Body {
    const attributes: Attribute[] = [];
    const blocks: Block[] = [];
    for (const member of this.#objects(node).flat()) {
      // The comment of HCL's JSON syntax.
      if (member.key === "//") continue;
      const inner = Object.hasOwn(structure, member.key) ? structure[member.key] : undefined;
      if (inner === undefined) attributes.push(...this.#unlessBroken(() => this.#attribute(member)));
      else blocks.push(...this.#blocks(member.key, inner, member.value, []));
    }
    return { attributes, blocks };
  }

  #attribute(member: JsonMember): Attribute {
    return {
      name: member.key,
      expression: this.#expression(member.value),
      range: this.#source.range(member.start, member.value.end),
    };
  }

  #blocks(type: string, structure: BlockStructure, node: JsonNode, labels: readonly string[]): Block[] {
    if (labels.length < structure.labels) {
      return this.#objects(node).flatMap((members) =>
        members
          .filter((member) => member.key !== "//")
          .flatMap((member) => this.#blocks(type, structure, member.value, [...labels, member.key])),
      );
    }
    if (node.kind === "array")
      return node.elements.flatMap((element) => this.#blocks(type, structure, element, labels));
    if (node.kind === "scalar" && node.value === null) return [];
    const range = this.#source.range(node.start, node.end);
    return this.#unlessBroken(() => ({ type, labels, body: this.body(node, structure.blocks), range }));
  }

  /** A template that is none costs the whole block around it, as a broken place of a native file does. */
  #unlessBroken<Item>(read: () => Item): Item[] {
    if (this.#insideItem) return [read()];
    this.#insideItem = true;
    try {
      return [read()];
    } catch (error) {
      if (!(error instanceof BrokenTemplate)) throw error;
      this.errors.push(error.problem);
      return [];
    } finally {
      this.#insideItem = false;
    }
  }

  #objects(node: JsonNode): (readonly JsonMember[])[] {
    if (node.kind === "object") return [node.members];
    if (node.kind === "array") return node.elements.flatMap((element) => this.#objects(element));
    if (node.value === null) return [];
    this.#report(node.start, "expected an object");
    return [];
  }

  #expression(node: JsonNode): Expression {
    const range = this.#source.range(node.start, node.end);
    switch (node.kind) {
      case "array":
        return { kind: "tuple", elements: node.elements.map((element) => this.#expression(element)), range };
      case "object":
        return {
          kind: "object",
          items: node.members.map((member) => ({
            key: this.#template(member.key, member.start, member.start + 1),
            value: this.#expression(member.value),
          })),
          range,
        };
      default:
        return typeof node.value === "string"
          ? this.#template(node.value, node.start, node.end)
          : { kind: "literal", value: node.value, range };
    }
  }

  #template(text: string, start: number, end: number): Expression {
    const range = this.#source.range(start, end);
    if (this.#parser === undefined || !/[$%]\{/.test(text)) return { kind: "literal", value: text, range };
    const template = this.#parser.parseTemplate(text, this.#source.file, range);
    if (isSyntaxError(template)) throw new BrokenTemplate(template);
    return template;
  }

  #report(offset: number, problem: string): void {
    this.errors.push(syntaxError(new NotHcl(this.#source, offset, problem), undefined, "Terraform's JSON"));
  }
}
