import { z } from "zod";
import type { ConfigurationStatus } from "../../app/configuration/server/configurationStatus.ts";
import { jsonObject, schemaName, time, timeOf } from "./wire.ts";

export const configurationShape = z
  .object({
    schema: schemaName("configuration"),
    file: z.string().optional().meta({ description: "Absent: the server runs without a file." }),
    inForceSince: time,
    refused: z
      .object({
        at: time,
        problems: z.array(
          z.object({
            message: z.string(),
            hint: z.string().optional(),
            file: z.string().optional(),
            line: z.int().optional(),
            column: z.int().optional(),
          }),
        ),
      })
      .optional()
      .meta({ description: "What the file says now cannot be used; what was read before stays in force." }),
  })
  .meta({ id: "Configuration", description: "Which form of the operator's file is in force." });

export const inForceShape = z
  .object({
    schema: schemaName("configuration-in-force"),
    configuration: configurationShape,
    settings: jsonObject(
      "All settings, as the file has them with defaults filled in: folders are absolute, durations milliseconds, and secrets are hidden.",
    ),
    atNextStart: z.array(z.string()).meta({
      description: "Sections that the file has changed, and that count when the server starts again.",
    }),
  })
  .meta({ id: "ConfigurationInForce" });

export function presentConfiguration(status: ConfigurationStatus): z.infer<typeof configurationShape> {
  const { file, inForceSince, refused } = status;
  return {
    schema: "anchorwatch.configuration/v1",
    file,
    inForceSince: timeOf(inForceSince),
    refused:
      refused === undefined
        ? undefined
        : {
            at: timeOf(refused.at),
            problems: refused.problems.map(({ message, hint, location = {} }) => {
              const { file: name, line, column } = location;
              return { message, hint, file: name, line, column };
            }),
          },
  };
}
