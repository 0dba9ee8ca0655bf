/**
 * A stand-in for a workflow of Microsoft Teams: the envelope that it expects, and of Adaptive Cards 1.4 (https://adaptivecards.io/schemas)
 * the elements that are used, with nothing but their own members.
 */
import { checker, type StrictServer, startStrictServer } from "../strictServer.fixture.ts";

const SPACING = { enum: ["default", "none", "small", "medium", "large", "extraLarge", "padding"] };
const object = (required: readonly string[], properties: Readonly<Record<string, object>>) => ({
  type: "object",
  additionalProperties: false,
  required,
  properties,
});

const TEXT_RUN = object(["type", "text"], {
  type: { const: "TextRun" },
  text: { type: "string", minLength: 1, not: { pattern: "\\{\\{" } },
  color: { enum: ["default", "dark", "light", "accent", "good", "warning", "attention"] },
  fontType: { enum: ["default", "monospace"] },
  isSubtle: { type: "boolean" },
  size: { enum: ["default", "small", "medium", "large", "extraLarge"] },
  weight: { enum: ["default", "lighter", "bolder"] },
});

const ELEMENT = {
  type: "object",
  required: ["type"],
  oneOf: [
    object(["type", "inlines"], {
      type: { const: "RichTextBlock" },
      inlines: { type: "array", minItems: 1, items: TEXT_RUN },
      spacing: SPACING,
    }),
    object(["type", "items"], {
      type: { const: "Container" },
      items: { type: "array", minItems: 1, items: { $ref: "#/$defs/element" } },
      separator: { type: "boolean" },
      spacing: SPACING,
    }),
  ],
};

const MESSAGE = {
  ...object(["type", "attachments"], {
    type: { const: "message" },
    attachments: {
      type: "array",
      minItems: 1,
      maxItems: 1,
      items: object(["contentType", "contentUrl", "content"], {
        contentType: { const: "application/vnd.microsoft.card.adaptive" },
        contentUrl: { type: "null" },
        content: object(["type", "version", "body"], {
          $schema: { const: "http://adaptivecards.io/schemas/adaptive-card.json" },
          type: { const: "AdaptiveCard" },
          version: { const: "1.4" },
          fallbackText: { type: "string" },
          body: { type: "array", minItems: 1, items: { $ref: "#/$defs/element" } },
          actions: {
            type: "array",
            maxItems: 6,
            items: object(["type", "url"], {
              type: { const: "Action.OpenUrl" },
              title: { type: "string" },
              url: { type: "string", format: "uri", pattern: "^https?://" },
            }),
          },
          msteams: object([], { width: { const: "Full" } }),
        }),
      }),
    },
  }),
  $defs: { element: ELEMENT },
};

export function startTeamsServer(path: string): Promise<StrictServer> {
  const wrong = checker(MESSAGE);
  return startStrictServer({
    problemOf: ({ method, path: asked, headers, body }) => {
      if (method !== "POST" || asked !== path) return `${method} ${asked} is no workflow`;
      if (headers["content-type"] !== "application/json") return "the content is no JSON";
      if (Buffer.byteLength(body) > 28 * 1024) return "the card is larger than 28 KB";
      return wrong(JSON.parse(body));
    },
    take: () => ({ status: 202 }),
    refuse: (problem) => ({ status: 400, body: problem }),
  });
}
