/** A little XML. */
import { escapeText } from "../../domain/escape.ts";

/** @param content XML already */
export function element(name: string, attributes: Readonly<Record<string, string>>, content = ""): string {
  const given = Object.entries(attributes).map(([key, value]) => ` ${key}="${xml(value)}"`);
  return content === "" ? `<${name}${given.join("")}/>` : `<${name}${given.join("")}>${content}</${name}>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** Control characters became visible escapes before; line breaks of ours may stay. */
export function xml(text: string): string {
  return text
    .split("\n")
    .map((part) => escapeText(part).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? ""))
    .join("\n");
}
