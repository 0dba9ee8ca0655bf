/** The form of `channels` and `alerts`: whom people have told, and of what. */
import { z } from "zod";
import type { ChannelKind } from "../../../alerts/channel.ts";
import { CHANNELS } from "../../../alerts/channels/registry.ts";
import { SEVERITIES } from "../../../domain/classification.ts";
import { LABEL_NAME } from "../../../domain/labels.ts";
import { DURATION_PATTERN } from "../duration.ts";
import { text } from "./words.ts";

const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/);
const duration = (description: string) => z.string().regex(DURATION_PATTERN).meta({ description });
const clock = z.string().regex(/^(?:[01][0-9]|2[0-3]):[0-5][0-9]$/);

export const DAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"] as const;

const quietHours = z
  .strictObject({
    from: clock.meta({ description: "Such as 22:00." }),
    to: clock.meta({ description: "Such as 07:00; when it is not later than from, on the next day." }),
    days: z
      .array(z.enum(DAYS))
      .min(1)
      .optional()
      .meta({ description: "Days on which they begin; absent: every day." }),
    timeZone: text.meta({ description: "Such as Europe/Berlin." }),
  })
  .meta({
    description: "Hours in which only what is critical is told. The rest is told at their end, as one.",
  });

/** A member for each kind, of which one is there. */
const kinds = Object.fromEntries(
  CHANNELS.map(({ kind, section }) => [kind, section.optional()]),
) as unknown as Readonly<Record<ChannelKind, z.ZodOptional<z.ZodType>>>;

const channel = z
  .strictObject({
    name: name.meta({ description: "What routes call it." }),
    quietHours: quietHours.optional(),
    mostPerMinute: z
      .int()
      .min(1)
      .max(6000)
      .optional()
      .meta({ description: "Messages, and changes of them. Default: 60." }),
    ...kinds,
  })
  .meta({
    description: "A place where people are told.",
    oneOf: CHANNELS.map(({ kind }) => ({ required: [kind] })),
  });

export const channels = z
  .array(channel)
  .max(100)
  .meta({ description: "Where people are told of drift. Without routes, everything goes to all of them." });

const names = z.array(name).max(100);

const route = z
  .strictObject({
    name: name.optional(),
    when: z
      .strictObject({
        severity: z.enum(SEVERITIES).optional().meta({ description: "At least." }),
        class: z.enum(["security", "operational"]).optional(),
        labels: z
          .record(z.string().regex(LABEL_NAME), z.string().max(200))
          .optional()
          .meta({ description: "Of the stack; all of them." }),
        types: z
          .array(text)
          .min(1)
          .max(1000)
          .optional()
          .meta({ description: "Types of resources; * stands for anything." }),
        rules: z
          .array(text)
          .min(1)
          .max(1000)
          .optional()
          .meta({ description: "Ids of rules, of which one fired; * stands for anything." }),
        condition: z
          .string()
          .min(1)
          .max(4000)
          .optional()
          .meta({ description: "In CEL, over what rules see of the drift; see docs/policies.md." }),
      })
      .optional()
      .meta({ description: "All of it must be so; absent: always." }),
    to: names.optional().meta({ description: "Names of channels." }),
    owners: z
      .boolean()
      .optional()
      .meta({ description: "Also to the channels of those who own the file, by its CODEOWNERS." }),
    escalate: z
      .array(
        z.strictObject({
          after: duration("So long after it began, such as 15m."),
          to: names.min(1).meta({ description: "Names of channels." }),
        }),
      )
      .max(10)
      .optional()
      .meta({ description: "Who else is told while nobody acknowledges it." }),
    continue: z
      .boolean()
      .optional()
      .meta({ description: "Routes behind this one are looked at as well. Default: false." }),
  })
  .meta({ description: "Which drift goes where. The first one that fits counts." });

export const alerts = z
  .strictObject({
    routes: z.array(route).max(1000).optional(),
    owners: z.record(z.string().min(1).max(300), names.min(1)).optional().meta({
      description: "Channels of an owner, as CODEOWNERS calls him: @acme/network, ada@example.com.",
    }),
    group: z
      .strictObject({
        window: duration(
          "What comes within so long of each other, of one cause, is one alert. Default: 10m.",
        ).optional(),
        most: z
          .int()
          .min(1)
          .max(10_000)
          .optional()
          .meta({ description: "More alerts of one stack or one person in that time are one. Default: 10." }),
        mostOfAll: z
          .int()
          .min(1)
          .max(10_000)
          .optional()
          .meta({ description: "More alerts of all in that time are one. Default: 50." }),
      })
      .optional(),
  })
  .meta({ description: "Who is told of which drift." });

export type ChannelSection = z.infer<typeof channel>;
export type AlertsSection = z.infer<typeof alerts>;
